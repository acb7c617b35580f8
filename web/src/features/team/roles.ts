import { useLingui } from '@lingui/react/macro';
import type { Schemas } from '~/api/client';

export type Role = Schemas['Role'];

/** What each role is for. */
export function useRoleAbout(): (role: string, about?: string) => string {
  const { t } = useLingui();
  const words: Record<string, string> = {
    owner: t`Does everything, and decides who else is an owner.`,
    admin: t`Does everything but deciding who is an owner.`,
    creator: t`Writes templates and campaigns, tests them, keeps and imports profiles. Launches nothing.`,
    approver: t`Does what a creator does, and launches, holds and stops campaigns.`,
    agent: t`Answers customers and records their consent.`,
    viewer: t`Sees campaigns, templates, profiles, reports and conversations. Changes nothing.`,
  };
  return (role, about) => words[role] ?? about ?? '';
}

/** The roles that somebody may give: only owners make owners. */
export const givable = <R extends { role: string }>(roles: R[], can: (permission: string) => boolean): R[] =>
  roles.filter(({ role }) => role !== 'owner' || can('owners.manage'));
