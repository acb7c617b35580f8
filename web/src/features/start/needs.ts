import { useLingui } from '@lingui/react/macro';
import type { Schemas } from '~/api/client';
import { useSaid } from '~/i18n/said';

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

/** What each kind means for the dashboard and what to do there; the server's words for a kind that is new. */
export function useNeedHelp(): (need: Need) => string {
  const { t } = useLingui();
  const said = useSaid();
  const words: Record<string, string> = {
    account_held: t`Nothing is lost. Mend what is wrong, then resume the provider.`,
    callbacks_refused: t`Compare the signature secret in the provider's settings with the one in its console.`,
    callbacks_missing: t`Paste the callback URLs at the provider. They must lead to this server from the internet.`,
    campaign_stalled: t`It goes on by itself when this is over. Pause or stop it to change something.`,
    campaign_paused: t`Resume it to send the rest, or stop it.`,
    template_rejected: t`Change what was found wrong, and submit it again.`,
    template_paused: t`Use another template until it is released.`,
    windows_closing: t`Answer now: after that only an approved template can reach them.`,
    import_failed: t`What was read before is kept. Mend the file if it needs it, and import it again.`,
  };
  return ({ kind, help }) => words[kind] ?? said(help);
}
