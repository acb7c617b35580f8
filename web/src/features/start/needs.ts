import { useLingui } from '@lingui/react/macro';
import type { Schemas } from '~/api/client';

type Need = Schemas['Need'];

const PAGES: Record<string, (id: string) => string> = {
  account: (id) => `/settings/whatsapp/${id}`,
  campaign: (id) => `/campaigns/${id}`,
  conversation: (id) => `/inbox/${id}`,
  import: (id) => `/profiles/imports/${id}`,
  template: (id) => `/templates/${id}`,
};

/** The page where something that needs a person is mended. */
export function needPath({ type, id }: Need['link']): string | undefined {
  if (type === 'conversations') return '/inbox';
  return id ? PAGES[type]?.(id) : undefined;
}

/** The words of the link to that page. */
export function useNeedLinks(): (type: string) => string {
  const { t } = useLingui();
  const words: Record<string, string> = {
    account: t`Open the provider`,
    campaign: t`Open the campaign`,
    conversation: t`Open the conversation`,
    conversations: t`Open the inbox`,
    import: t`Open the import`,
    template: t`Open the template`,
  };
  return (type) => words[type] ?? t`Open`;
}

interface Words {
  /** What kind of thing it is; the server's title names the object as well, in English. */
  title: string;
  help: string;
}

/** What each kind means and what to do, in the reader's language. */
export function useNeedWords(): (need: Need) => Words {
  const { t } = useLingui();
  const words: Record<string, Words> = {
    account_held: {
      title: t`A provider sends nothing`,
      help: t`Nothing is lost. Mend what is wrong, then resume the provider.`,
    },
    callbacks_refused: {
      title: t`Callbacks are turned away`,
      help: t`Compare the signature secret in the provider's settings with the one in its console.`,
    },
    callbacks_missing: {
      title: t`No callback ever came`,
      help: t`Paste the callback URLs at the provider. They must lead to this server from the internet.`,
    },
    campaign_stalled: {
      title: t`A campaign is held up`,
      help: t`It goes on by itself when this is over. Pause or stop it to change something.`,
    },
    campaign_paused: {
      title: t`A campaign is paused`,
      help: t`Resume it to send the rest, or stop it.`,
    },
    template_rejected: {
      title: t`A template was rejected`,
      help: t`Change what was found wrong, and submit it again.`,
    },
    template_paused: {
      title: t`A template is paused`,
      help: t`Use another template until it is released.`,
    },
    windows_closing: {
      title: t`Customers wait, and their window closes`,
      help: t`Answer now: after that only an approved template can reach them.`,
    },
    import_failed: {
      title: t`An import did not finish`,
      help: t`What was read before is kept. Mend the file if it needs it, and import it again.`,
    },
  };
  return ({ kind, title, help }) => words[kind] ?? { title, help };
}
