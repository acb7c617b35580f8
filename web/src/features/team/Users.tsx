import { Trans, useLingui } from '@lingui/react/macro';
import { Badge, Group, Skeleton, Stack, Table, Text } from '@mantine/core';
import type { Schemas } from '~/api/client';
import { useCan, useSession } from '~/api/session';
import { Time } from '~/ui/format';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { StatusPill } from '~/ui/StatusPill';
import { useUsers } from './queries';
import { RoleSelect } from './RoleSelect';
import { UserActions } from './UserActions';

/** The users, active ones first. */
export function Users() {
  const { t } = useLingui();
  const can = useCan();
  const users = useUsers();
  const { user: me } = useSession();
  if (users.isPending) return <Skeleton height={200} role="status" aria-label={t`Loading`} />;
  if (users.isError) return <ProblemAlert problem={users.error} retry={() => void users.refetch()} />;
  const rows = [...users.data.data].sort((a, b) => Number(b.active) - Number(a.active));
  const manage = can('users.manage');
  return (
    <Table aria-label={t`Users`} layout="auto">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>
            <Trans>Name</Trans>
          </Table.Th>
          <Table.Th>
            <Trans>Role</Trans>
          </Table.Th>
          <Table.Th visibleFrom="sm">
            <Trans>Last sign-in</Trans>
          </Table.Th>
          <Table.Th visibleFrom="sm">
            <Trans>State</Trans>
          </Table.Th>
          {manage && <Table.Th aria-label={t`What to do`} />}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map((user) => (
          <Table.Tr key={user.id}>
            <Table.Td>
              <Who user={user} me={user.id === me.id} />
            </Table.Td>
            <Table.Td>
              <RoleSelect user={user} />
            </Table.Td>
            <Table.Td visibleFrom="sm">
              {user.last_sign_in_at ? <Time at={user.last_sign_in_at} /> : <Trans>Never</Trans>}
            </Table.Td>
            <Table.Td visibleFrom="sm">
              <Group gap={6}>
                <State active={user.active} />
                {user.second_factor && (
                  <StatusPill tone="good">
                    <Trans>Second factor</Trans>
                  </StatusPill>
                )}
              </Group>
            </Table.Td>
            {manage && (
              <Table.Td ta="end">
                <UserActions user={user} />
              </Table.Td>
            )}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function State({ active }: { active: boolean }) {
  return active ? (
    <StatusPill tone="good">
      <Trans>Active</Trans>
    </StatusPill>
  ) : (
    <StatusPill tone="paused">
      <Trans>Deactivated</Trans>
    </StatusPill>
  );
}

function Who({ user, me }: { user: Schemas['User']; me: boolean }) {
  return (
    <Stack gap={0}>
      <Group gap={6}>
        <Text size="sm" fw={500} dir="auto">
          {user.name}
        </Text>
        {me && (
          <Badge size="sm" variant="default" tt="none">
            <Trans>You</Trans>
          </Badge>
        )}
      </Group>
      <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
        <bdi>{user.email}</bdi>
      </Text>
      {!user.active && (
        <Text size="xs" hiddenFrom="sm">
          <Trans>Deactivated</Trans>
        </Text>
      )}
      {user.second_factor && (
        <Text size="xs" hiddenFrom="sm">
          <Trans>Second factor</Trans>
        </Text>
      )}
    </Stack>
  );
}
