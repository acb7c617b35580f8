import { useLingui } from '@lingui/react/macro';
import { Select, Text } from '@mantine/core';
import type { Schemas } from '~/api/client';
import { useCan, useSession } from '~/api/session';
import { confirm } from '~/ui/confirm';
import { useRoleNames } from '~/ui/roles';
import { done, failed } from '~/ui/toast';
import { useChangeUser, useRoles } from './queries';
import { givable, type Role, useRoleAbout } from './roles';

/** A user's role; a choice for who may give it. */
export function RoleSelect({ user }: { user: Schemas['User'] }) {
  const { t } = useLingui();
  const can = useCan();
  const names = useRoleNames();
  const about = useRoleAbout();
  const roles = useRoles();
  const change = useChangeUser();
  const { user: me } = useSession();
  const word = (role: string) => names[role] ?? role;
  const mayChange = can('users.manage') && (user.role !== 'owner' || can('owners.manage')) && user.active;
  if (!mayChange || !roles.data) return <Text size="sm">{word(user.role)}</Text>;
  const give = async (role: Role) => {
    const before = user.role;
    await change.mutateAsync({ id: user.id, role });
    done(t`${user.name} is now: ${word(role)}.`, () => change.mutateAsync({ id: user.id, role: before }));
  };
  const choose = (role: Role | null) => {
    if (!role || role === user.role) return;
    // Whoever lowers oneself cannot take it back.
    if (user.id === me.id) {
      return confirm({
        title: t`Change your own role?`,
        children: t`You become: ${word(role)}. ${about(role)} Only somebody else can give you your role back.`,
        act: t`Change my role`,
        danger: true,
        run: async () => {
          await change.mutateAsync({ id: user.id, role });
          location.reload();
        },
      });
    }
    give(role).catch(failed);
  };
  return (
    <Select
      size="xs"
      w={132}
      aria-label={t`Role of ${user.name}`}
      allowDeselect={false}
      value={user.role}
      onChange={choose}
      disabled={change.isPending}
      data={givable(roles.data.data, can).map(({ role }) => ({ value: role, label: word(role) }))}
      comboboxProps={{ width: 160, position: 'bottom-start' }}
    />
  );
}
