import { useLingui } from '@lingui/react/macro';

/** What was done, by the server's word, in words. An action that we do not know is shown as it is. */
export function useActionWords(): (action: string) => string {
  const { t } = useLingui();
  const words: Record<string, string> = {
    'session.create': t`Signed in`,
    'session.failed': t`Failed to sign in`,
    'session.end': t`Ended a session`,
    'user.create_owner': t`Created the first account`,
    'user.create': t`Created a user`,
    'user.update': t`Changed a user`,
    'user.reset': t`Made a link for a new password`,
    'user.reset_password': t`Set a new password`,
    'user.accept_invite': t`Accepted an invitation`,
    'user.change_password': t`Changed the password`,
    'invite.create': t`Invited somebody`,
    'invite.delete': t`Withdrew an invitation`,
    'api_key.create': t`Made an API key`,
    'api_key.revoke': t`Revoked an API key`,
    'api_key.rotate': t`Replaced an API key`,
    'account.create': t`Added a provider`,
    'account.update': t`Changed a provider`,
    'account.retire': t`Archived or deleted a provider`,
    'account.resume': t`Let a held provider send again`,
    'account.try_message': t`Sent a message to try out a provider`,
    'account.import_templates': t`Imported templates of a provider`,
    'number.create': t`Added a number`,
    'number.update': t`Changed a number`,
    'number.retire': t`Took a number out of use`,
    'template.create': t`Wrote a template`,
    'template.update': t`Changed a template`,
    'template.delete': t`Deleted a template`,
    'template.submit': t`Submitted a template for approval`,
    'template.clone': t`Cloned a template`,
    'campaign.create': t`Wrote a campaign`,
    'campaign.update': t`Changed a campaign`,
    'campaign.clone': t`Cloned a campaign`,
    'campaign.delete': t`Deleted a draft of a campaign`,
    'campaign.test': t`Sent a test of a campaign`,
    'campaign.launch': t`Launched a campaign`,
    'campaign.unschedule': t`Took back the launch of a campaign`,
    'campaign.pause': t`Paused a campaign`,
    'campaign.resume': t`Resumed a campaign`,
    'campaign.stop': t`Stopped a campaign`,
    'campaign.resend': t`Sent failed messages of a campaign again`,
    'campaign.export': t`Exported a campaign`,
    'conversation.reply': t`Answered a customer`,
    'message.send': t`Sent a single message`,
    'message.resend': t`Sent a message again`,
    'profile.write': t`Wrote a profile`,
    'profile.update': t`Changed a profile`,
    'profile.consent': t`Recorded consent`,
    'import.create': t`Imported profiles`,
    'import.cancel': t`Cancelled an import`,
    'callback.replay': t`Applied callbacks again`,
    'audit.export': t`Exported the audit log`,
    'demo.begin': t`Began the demonstration`,
    'demo.end': t`Ended the demonstration`,
  };
  return (action) => words[action] ?? action;
}

/** Kinds of actions for the filter, by their first word. */
export function useActionGroups(): { value: string; label: string }[] {
  const { t } = useLingui();
  return [
    { value: 'session', label: t`Sign-in and sessions` },
    { value: 'user', label: t`Users` },
    { value: 'invite', label: t`Invitations` },
    { value: 'api_key', label: t`API keys` },
    { value: 'account', label: t`WhatsApp providers` },
    { value: 'number', label: t`Numbers` },
    { value: 'template', label: t`Templates` },
    { value: 'campaign', label: t`Campaigns` },
    { value: 'profile', label: t`Profiles` },
    { value: 'import', label: t`Imports` },
    { value: 'message', label: t`Single messages` },
    { value: 'conversation', label: t`Conversations` },
    { value: 'callback', label: t`Callbacks` },
    { value: 'audit', label: t`Audit log` },
    { value: 'demo', label: t`Demonstration` },
  ];
}
