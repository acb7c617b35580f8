import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import {
  IconCode,
  IconFileImport,
  IconGauge,
  IconHistory,
  IconHome,
  IconInbox,
  IconPlugConnected,
  IconSpeakerphone,
  IconTemplate,
  IconUserCog,
  IconUserPlus,
  IconUsers,
} from '@tabler/icons-react';

export interface Place {
  to: string;
  label: MessageDescriptor;
  icon: typeof IconHome;
  /** What one must be allowed to, to see it. */
  needs?: string;
  /** Second letter of the `g` shortcut. */
  key?: string;
  group: 'work' | 'settings';
}

/** Where one can go, in the order of the navigation. */
export const PLACES: readonly Place[] = [
  { to: '/', label: msg`Home`, icon: IconHome, key: 'h', group: 'work' },
  { to: '/inbox', label: msg`Inbox`, icon: IconInbox, needs: 'inbox.read', key: 'i', group: 'work' },
  {
    to: '/campaigns',
    label: msg`Campaigns`,
    icon: IconSpeakerphone,
    needs: 'campaigns.read',
    key: 'c',
    group: 'work',
  },
  {
    to: '/templates',
    label: msg`Templates`,
    icon: IconTemplate,
    needs: 'templates.read',
    key: 't',
    group: 'work',
  },
  { to: '/profiles', label: msg`Profiles`, icon: IconUsers, needs: 'profiles.read', key: 'p', group: 'work' },
  {
    to: '/settings/whatsapp',
    label: msg`WhatsApp`,
    icon: IconPlugConnected,
    needs: 'accounts.read',
    key: 's',
    group: 'settings',
  },
  {
    to: '/settings/people',
    label: msg`People and roles`,
    icon: IconUserCog,
    needs: 'users.read',
    group: 'settings',
  },
  {
    to: '/settings/frequency-cap',
    label: msg`Frequency cap`,
    icon: IconGauge,
    needs: 'campaigns.read',
    group: 'settings',
  },
  { to: '/settings/audit', label: msg`Audit log`, icon: IconHistory, needs: 'audit.read', group: 'settings' },
  {
    to: '/developers',
    label: msg`Developers`,
    icon: IconCode,
    needs: 'callbacks.read',
    key: 'd',
    group: 'settings',
  },
];

export interface Act {
  to: string;
  search?: Record<string, unknown>;
  label: MessageDescriptor;
  icon: typeof IconHome;
  needs: string;
}

/** What one can begin from anywhere, by the palette. */
export const ACTS: readonly Act[] = [
  { to: '/campaigns/new', label: msg`New campaign`, icon: IconSpeakerphone, needs: 'campaigns.write' },
  { to: '/templates/new', label: msg`New template`, icon: IconTemplate, needs: 'templates.write' },
  { to: '/profiles/import', label: msg`Import people`, icon: IconFileImport, needs: 'profiles.import' },
  {
    to: '/settings/whatsapp/new',
    label: msg`Add a provider`,
    icon: IconPlugConnected,
    needs: 'accounts.write',
  },
  {
    to: '/settings/people',
    search: { invite: true },
    label: msg`Invite somebody`,
    icon: IconUserPlus,
    needs: 'users.manage',
  },
];
