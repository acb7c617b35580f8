import { Plural, Trans, useLingui } from '@lingui/react/macro';
import {
  Button,
  Code,
  Group,
  List,
  Popover,
  Skeleton,
  Stack,
  Table,
  Text,
  UnstyledButton,
} from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Schemas } from '~/api/client';
import { serverNow } from '~/api/clock';
import { confirm } from '~/ui/confirm';
import { Time, useFormat } from '~/ui/format';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { usePermissionWords } from '~/ui/permissions';
import { StatusPill } from '~/ui/StatusPill';
import { done } from '~/ui/toast';
import classes from './Keys.module.css';
import { useRevokeKey } from './queries';

type Key = Schemas['ApiKey'];

function Scopes({ scopes }: { scopes: string[] | null | undefined }) {
  const words = usePermissionWords();
  if (!scopes) {
    return (
      <Text size="sm">
        <Trans>Everything</Trans>
      </Text>
    );
  }
  return (
    <Popover width={340} position="bottom-start" withArrow>
      <Popover.Target>
        <UnstyledButton className={classes.scopes}>
          <Plural value={scopes.length} one="# permission" other="# permissions" />
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>
        <Text size="sm" fw={600} mb="xs">
          <Trans>This key may</Trans>
        </Text>
        <List size="sm" spacing={2}>
          {scopes.map((scope) => (
            <List.Item key={scope}>{words(scope)}</List.Item>
          ))}
        </List>
      </Popover.Dropdown>
    </Popover>
  );
}

interface Props {
  keys: Key[];
  query: UseQueryResult<unknown>;
  empty: ReactNode;
  /** Somebody wants another key in the place of this one. */
  replace: (key: Key) => void;
}

const SOON = 7 * 24 * 3_600_000;

/** When it stops working; soon is worth a look. */
function End({ of: { alive, expires_at: end } }: { of: Key }) {
  if (!end) return <Trans>By hand</Trans>;
  if (alive && end - serverNow() < SOON) {
    return (
      <StatusPill tone="warn">
        <Time at={end} />
      </StatusPill>
    );
  }
  return <Time at={end} />;
}

/** The keys: whose, what they may, whether they are used. */
export function KeyTable({ keys, query, empty, replace }: Props) {
  const { t } = useLingui();
  const format = useFormat();
  const revoke = useRevokeKey();
  if (query.isPending) return <Skeleton height={160} role="status" aria-label={t`Loading`} />;
  if (query.isError) return <ProblemAlert problem={query.error} retry={() => void query.refetch()} />;
  if (keys.length === 0) return <>{empty}</>;
  const ask = (key: Key) =>
    confirm({
      title: t`Revoke ${key.name}?`,
      children: key.last_used_at
        ? t`It was last used on ${format.full(key.last_used_at)}. The program that holds it is refused from now on. This cannot be taken back: make a new key for it.`
        : t`It was never used. This cannot be taken back.`,
      act: t`Revoke the key`,
      danger: true,
      typed: key.name,
      run: async () => {
        await revoke.mutateAsync(key.id);
        done(t`${key.name} does not work any more.`);
      },
    });
  return (
    <Table.ScrollContainer minWidth={0} type="native">
      <Table aria-label={t`API keys`}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>
              <Trans>Name</Trans>
            </Table.Th>
            <Table.Th>
              <Trans>May do</Trans>
            </Table.Th>
            <Table.Th visibleFrom="sm">
              <Trans>Made</Trans>
            </Table.Th>
            <Table.Th visibleFrom="sm">
              <Trans>Last used</Trans>
            </Table.Th>
            <Table.Th visibleFrom="sm">
              <Trans>Ends</Trans>
            </Table.Th>
            <Table.Th aria-label={t`Acts`} />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {keys.map((key) => (
            <Table.Tr key={key.id}>
              <Table.Td>
                <Stack gap={0}>
                  <Text size="sm" fw={500} dir="auto">
                    {key.name}
                  </Text>
                  <Text size="xs" c="dimmed">
                    <Trans>
                      ends in <Code>{key.hint}</Code>
                    </Trans>
                  </Text>
                </Stack>
              </Table.Td>
              <Table.Td>
                <Scopes scopes={key.scopes} />
              </Table.Td>
              <Table.Td visibleFrom="sm">
                <Time at={key.created_at} />
              </Table.Td>
              <Table.Td visibleFrom="sm">
                {key.last_used_at ? <Time at={key.last_used_at} /> : <Trans>Never</Trans>}
                {key.last_used_from && (
                  <Text size="xs" c="dimmed">
                    <Trans>from {key.last_used_from}</Trans>
                  </Text>
                )}
              </Table.Td>
              <Table.Td visibleFrom="sm">
                <End of={key} />
              </Table.Td>
              <Table.Td ta="end">
                {key.alive ? (
                  <Group gap="xs" justify="flex-end">
                    <Button size="compact-sm" variant="default" onClick={() => replace(key)}>
                      <Trans>Replace</Trans>
                    </Button>
                    <Button size="compact-sm" variant="default" onClick={() => ask(key)}>
                      <Trans>Revoke</Trans>
                    </Button>
                  </Group>
                ) : (
                  <StatusPill tone="paused">
                    {key.revoked_at ? (
                      <Trans>Revoked {format.short(key.revoked_at)}</Trans>
                    ) : (
                      <Trans>Expired</Trans>
                    )}
                  </StatusPill>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
