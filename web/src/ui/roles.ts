import { useLingui } from '@lingui/react/macro';

/** Roles by the server's word, in words. */
export function useRoleNames(): Record<string, string> {
  const { t } = useLingui();
  return {
    owner: t`Owner`,
    admin: t`Admin`,
    creator: t`Creator`,
    approver: t`Approver`,
    agent: t`Agent`,
    viewer: t`Viewer`,
  };
}
