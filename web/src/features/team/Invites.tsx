import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, Stack, Table, Text, Title } from '@mantine/core';
import type { Schemas } from '~/api/client';
import { useCan } from '~/api/session';
import { confirm } from '~/ui/confirm';
import { openDialog } from '~/ui/dialogs';
import { Time } from '~/ui/format';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { useRoleNames } from '~/ui/roles';
import { StatusPill } from '~/ui/StatusPill';
import { done, failed } from '~/ui/toast';
import { OneTimeLink } from './OneTimeLink';
import { useInvite, useInvites, useWithdraw } from './queries';
import type { Role } from './roles';

type Invite = Schemas['Invite'];

/** Invitations that nobody has taken up yet; nothing when there are none. */
export function Invites() {
  const { t } = useLingui();
  const can = useCan();
  const names = useRoleNames();
  const invites = useInvites();
  const again = useInvite();
  const withdraw = useWithdraw();
  if (invites.isError) return <ProblemAlert problem={invites.error} retry={() => void invites.refetch()} />;
  const rows = invites.data?.data ?? [];
  if (rows.length === 0) return null;
  const renew = async ({ email, role }: Invite) => {
    try {
      const made = await again.mutateAsync({ email, role: role as Role });
      openDialog({
        title: t`Link for ${email}`,
        closeOnClickOutside: false,
        children: <OneTimeLink url={made.url} expiresAt={made.expires_at} email={email} />,
      });
    } catch (problem) {
      failed(problem);
    }
  };
  const ask = ({ id, email }: Invite) =>
    confirm({
      title: t`Withdraw the invitation of ${email}?`,
      children: t`The link stops working at once.`,
      act: t`Withdraw`,
      danger: true,
      run: async () => {
        await withdraw.mutateAsync(id);
        done(t`The invitation of ${email} is withdrawn.`);
      },
    });
  return (
    <section aria-labelledby="invites">
      <Title order={2} size="h4" mb="sm" id="invites">
        <Trans>Invited, not here yet</Trans>
      </Title>
      <Table aria-labelledby="invites">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>
              <Trans>Email</Trans>
            </Table.Th>
            <Table.Th visibleFrom="sm">
              <Trans>Invited by</Trans>
            </Table.Th>
            <Table.Th visibleFrom="sm">
              <Trans>Works until</Trans>
            </Table.Th>
            <Table.Th aria-label={t`What to do`} />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((invite) => (
            <Table.Tr key={invite.id}>
              <Table.Td>
                <Stack gap={0}>
                  <Text size="sm" fw={500} style={{ overflowWrap: 'anywhere' }}>
                    <bdi>{invite.email}</bdi>
                  </Text>
                  <Text size="xs" c="dimmed">
                    {names[invite.role] ?? invite.role}
                  </Text>
                </Stack>
              </Table.Td>
              <Table.Td visibleFrom="sm">
                <Text size="sm" dir="auto">
                  {invite.invited_by}
                </Text>
              </Table.Td>
              <Table.Td visibleFrom="sm">
                {invite.expired ? (
                  <StatusPill tone="warn">
                    <Trans>Too old</Trans>
                  </StatusPill>
                ) : (
                  <Time at={invite.expires_at} full />
                )}
              </Table.Td>
              <Table.Td>
                <Group gap="xs" justify="flex-end">
                  {(invite.role !== 'owner' || can('owners.manage')) && (
                    <>
                      <Button size="compact-sm" variant="default" onClick={() => void renew(invite)}>
                        <Trans>New link</Trans>
                      </Button>
                      <Button size="compact-sm" variant="default" onClick={() => ask(invite)}>
                        <Trans>Withdraw</Trans>
                      </Button>
                    </>
                  )}
                </Group>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}
