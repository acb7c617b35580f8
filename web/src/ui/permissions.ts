import { useLingui } from '@lingui/react/macro';

/** What each permission of the server allows, in words that go on after "may". */
export function usePermissionWords(): (permission: string, about?: string) => string {
  const { t } = useLingui();
  const words: Record<string, string> = {
    'accounts.read': t`see WhatsApp providers and numbers, without their settings`,
    'accounts.write': t`see and change the settings of WhatsApp providers and numbers`,
    'audit.read': t`see who changed what`,
    'callbacks.read': t`see what providers sent, as it came`,
    'callbacks.replay': t`apply again what providers sent`,
    'campaigns.cap': t`change the frequency cap`,
    'campaigns.launch': t`launch, pause, resume and stop campaigns`,
    'campaigns.read': t`see campaigns and what became of them`,
    'campaigns.write': t`write and test campaigns`,
    'consent.write': t`record the consent of a customer`,
    'demo.manage': t`change how the demonstration goes`,
    'files.write': t`upload files, and remove uploaded ones`,
    'handset.use': t`use the simulated phones`,
    'inbox.read': t`read conversations`,
    'inbox.reply': t`answer customers`,
    'keys.manage': t`see, make and revoke API keys`,
    'messages.read': t`see what became of a message`,
    'messages.send': t`send single messages, and send them again`,
    'owners.manage': t`make, change and remove owners`,
    'profiles.erase': t`erase people for good`,
    'profiles.import': t`import profiles from files`,
    'profiles.read': t`see profiles, lists and imports`,
    'profiles.write': t`write profiles`,
    'reports.read': t`see reports`,
    'servers.read': t`see the servers that run`,
    'templates.read': t`see templates`,
    'templates.write': t`write, submit and import templates`,
    'users.manage': t`invite users, change their roles and deactivate them`,
    'users.read': t`see who the users are`,
  };
  return (permission, about) => words[permission] ?? about ?? permission;
}

/** Parts of the product that permissions belong to, by their first word, in the order of the navigation. */
export function useAreas(): { key: string; name: string }[] {
  const { t } = useLingui();
  return [
    { key: 'inbox', name: t`Inbox` },
    { key: 'campaigns', name: t`Campaigns` },
    { key: 'messages', name: t`Single messages` },
    { key: 'templates', name: t`Templates` },
    { key: 'files', name: t`Uploaded files` },
    { key: 'profiles', name: t`Profiles` },
    { key: 'consent', name: t`Consent` },
    { key: 'reports', name: t`Reports` },
    { key: 'accounts', name: t`WhatsApp providers` },
    { key: 'callbacks', name: t`Callbacks` },
    { key: 'keys', name: t`API keys` },
    { key: 'users', name: t`Users` },
    { key: 'owners', name: t`Owners` },
    { key: 'audit', name: t`Audit log` },
    { key: 'servers', name: t`Servers` },
    { key: 'demo', name: t`Demonstration` },
    { key: 'handset', name: t`Simulated phones` },
  ];
}

/** Permissions by area, areas we know first. */
export function byArea<P extends { permission: string }>(
  all: readonly P[],
  areas: { key: string; name: string }[],
): { key: string; name: string; permissions: P[] }[] {
  const area = (p: P) => p.permission.split('.')[0] ?? '';
  const unknown = [...new Set(all.map(area))].filter((key) => !areas.some((a) => a.key === key));
  return [...areas, ...unknown.map((key) => ({ key, name: key }))]
    .map(({ key, name }) => ({ key, name, permissions: all.filter((p) => area(p) === key) }))
    .filter(({ permissions }) => permissions.length > 0);
}
