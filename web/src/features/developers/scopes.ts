import { useLingui } from '@lingui/react/macro';

/** Sets of permissions for what programs usually do. */
export function useTasks(): { key: string; name: string; about: string; scopes: string[] }[] {
  const { t } = useLingui();
  return [
    {
      key: 'send',
      name: t`Send messages`,
      about: t`A shop that confirms orders, one message at a time.`,
      scopes: ['accounts.read', 'messages.read', 'messages.send', 'templates.read'],
    },
    {
      key: 'people',
      name: t`Keep profiles in step`,
      about: t`A CRM that writes profiles, their consent and lists.`,
      scopes: ['consent.write', 'profiles.import', 'profiles.read', 'profiles.write'],
    },
    {
      key: 'campaigns',
      name: t`Run campaigns`,
      about: t`A program that writes campaigns and launches them.`,
      scopes: [
        'accounts.read',
        'campaigns.launch',
        'campaigns.read',
        'campaigns.write',
        'profiles.read',
        'templates.read',
      ],
    },
    {
      key: 'desk',
      name: t`Answer customers`,
      about: t`A help desk or a bot that reads conversations and replies.`,
      scopes: ['files.write', 'inbox.read', 'inbox.reply', 'messages.read', 'profiles.read'],
    },
    {
      key: 'report',
      name: t`Read only`,
      about: t`A report that reads campaigns, messages and profiles.`,
      scopes: [
        'accounts.read',
        'campaigns.read',
        'inbox.read',
        'messages.read',
        'profiles.read',
        'reports.read',
        'templates.read',
      ],
    },
  ];
}

const READS: [scope: string, path: string][] = [
  ['accounts.read', '/accounts'],
  ['templates.read', '/templates?limit=5'],
  ['campaigns.read', '/campaigns?limit=5'],
  ['profiles.read', '/profiles?limit=5'],
  ['inbox.read', '/conversations?limit=5'],
  ['messages.read', '/messages?limit=5'],
  ['callbacks.read', '/callbacks?limit=5'],
  ['servers.read', '/nodes'],
];

/** A first request that a key with these permissions may make; nothing when it may read nothing. */
export function firstRequest(origin: string, key: string, scopes: string[] | null): string | undefined {
  const read = READS.find(([scope]) => scopes === null || scopes.includes(scope));
  return read && `curl '${origin}/api/v1${read[1]}' \\\n  -H 'Authorization: Bearer ${key}'`;
}
