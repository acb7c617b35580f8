import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, Anchor, Badge, Card, Group, Menu, Skeleton, Stack, Text } from '@mantine/core';
import {
  IconArchive,
  IconDots,
  IconHash,
  IconSettings,
  IconStethoscope,
  IconTrash,
} from '@tabler/icons-react';
import { Link, useNavigate } from '@tanstack/react-router';
import type { Schemas } from '~/api/client';
import { useCan } from '~/api/session';
import { Phone } from '~/ui/format';
import { Said } from '~/ui/Said';
import { StatusPill } from '~/ui/StatusPill';
import { Light } from './Light';
import { type Account, useTrouble } from './queries';
import { useRetire } from './Retire';

interface Props {
  account: Account;
  /** The provider's name for people. */
  provider: string;
  numbers: readonly Schemas['NumberInUse'][];
}

/** An account: does it work, from which numbers, how much today. */
export function AccountCard({ account, provider, numbers }: Props) {
  const { t } = useLingui();
  const can = useCan();
  const navigate = useNavigate();
  const retire = useRetire();
  const ended = account.state === 'archived' || account.state === 'deleted';
  const trouble = useTrouble(account.id, { enabled: !ended });
  const today = numbers.reduce((sum, number) => sum + number.sent_today, 0);
  const go = (tab: 'setup' | 'numbers' | 'trouble') =>
    void navigate({ to: '/settings/whatsapp/$id', params: { id: account.id }, search: { tab } });
  return (
    <Card withBorder component="section" aria-label={account.nickname}>
      <Stack gap="sm">
        <Group justify="space-between" wrap="nowrap" align="flex-start">
          <div style={{ minWidth: 0 }}>
            <Anchor component={Link} to={`/settings/whatsapp/${account.id}`} fw={600} dir="auto">
              {account.nickname}
            </Anchor>
            <Text size="sm" c="dimmed">
              {provider}
            </Text>
          </div>
          {can('accounts.write') && !ended && (
            <Menu position="bottom-end" width={220}>
              <Menu.Target>
                <ActionIcon variant="subtle" color="gray" aria-label={t`What to do with ${account.nickname}`}>
                  <IconDots size={18} aria-hidden />
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item leftSection={<IconSettings size={16} aria-hidden />} onClick={() => go('setup')}>
                  <Trans>Edit and test</Trans>
                </Menu.Item>
                <Menu.Item leftSection={<IconHash size={16} aria-hidden />} onClick={() => go('numbers')}>
                  <Trans>Numbers and default</Trans>
                </Menu.Item>
                <Menu.Item
                  leftSection={<IconStethoscope size={16} aria-hidden />}
                  onClick={() => go('trouble')}
                >
                  <Trans>Troubleshooting</Trans>
                </Menu.Item>
                <Menu.Divider />
                <Menu.Item
                  leftSection={<IconArchive size={16} aria-hidden />}
                  onClick={() => retire({ kind: 'account', account, forget: false })}
                >
                  <Trans>Archive</Trans>
                </Menu.Item>
                <Menu.Item
                  color="red"
                  leftSection={<IconTrash size={16} aria-hidden />}
                  onClick={() => retire({ kind: 'account', account, forget: true })}
                >
                  <Trans>Delete</Trans>
                </Menu.Item>
              </Menu.Dropdown>
            </Menu>
          )}
        </Group>
        {account.state === 'held' && (
          <Text size="sm" role="status">
            <StatusPill tone="bad">
              <Trans>Sending stands still</Trans>
            </StatusPill>{' '}
            <Said text={account.held_reason ?? ''} />
          </Text>
        )}
        {account.state === 'archived' && (
          <StatusPill tone="paused">
            <Trans>Archived</Trans>
          </StatusPill>
        )}
        {account.state === 'deleted' && (
          <StatusPill tone="paused">
            <Trans>Deleted</Trans>
          </StatusPill>
        )}
        {!ended && trouble.isPending && <Skeleton height={24} />}
        {trouble.data && (
          <Group gap={6}>
            {trouble.data.lights.map((light) => (
              <Light key={light.key} light={light} />
            ))}
          </Group>
        )}
        <Group gap="md">
          {numbers.map((number) => (
            <Text key={number.id} size="sm">
              <Phone number={number.phone} />{' '}
              {number.default && (
                <Badge size="xs" variant="light">
                  <Trans>default</Trans>
                </Badge>
              )}
            </Text>
          ))}
          {!ended && (
            <Text size="sm" c="dimmed">
              <Plural value={today} one="# message today" other="# messages today" />
            </Text>
          )}
        </Group>
      </Stack>
    </Card>
  );
}
