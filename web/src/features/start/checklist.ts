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
    read: {
      title: t`See it read`,
      about: t`Delivery reports show what became of each message.`,
      to: '/campaigns',
      needs: 'campaigns.read',
    },
    reply: {
      title: t`Answer a customer`,
      about: t`Replies arrive in the inbox.`,
      to: '/inbox',
      needs: 'inbox.reply',
    },
  };
}
