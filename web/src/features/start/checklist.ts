import { useLingui } from '@lingui/react/macro';

export interface Step {
  title: string;
  about: string;
  to: string;
  /** What one must be allowed to, to do it. */
  needs: string;
}

/** Words and places of the checklist, by the server's key. */
export function useSteps(): Record<string, Step> {
  const { t } = useLingui();
  return {
    account: {
      title: t`Connect a WhatsApp provider`,
      about: t`The company that carries your messages to WhatsApp.`,
      to: '/settings/whatsapp/new',
      needs: 'accounts.write',
    },
    number: {
      title: t`Add your number`,
      about: t`The number from which customers get your messages.`,
      to: '/settings/whatsapp',
      needs: 'accounts.write',
    },
    callback: {
      title: t`Paste the callback URLs at the provider`,
      about: t`Without them nobody can see whether messages arrive, and answers do not come in.`,
      to: '/settings/whatsapp',
      needs: 'accounts.write',
    },
    template: {
      title: t`Write a template`,
      about: t`The message that WhatsApp approves in advance.`,
      to: '/templates/new',
      needs: 'templates.write',
    },
    profiles: {
      title: t`Bring your customers`,
      about: t`A CSV file with their numbers and who agreed to messages.`,
      to: '/profiles/import',
      needs: 'profiles.import',
    },
    campaign: {
      title: t`Send a campaign`,
      about: t`Choose who gets which template, and see who would be left out.`,
      to: '/campaigns/new',
      needs: 'campaigns.launch',
    },
    reply: {
      title: t`Answer a customer`,
      about: t`Replies arrive in the inbox.`,
      to: '/inbox',
      needs: 'inbox.reply',
    },
  };
}
