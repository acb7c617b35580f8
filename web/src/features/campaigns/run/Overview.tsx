import { Trans, useLingui } from '@lingui/react/macro';
import { Anchor, Card, Group, SimpleGrid, Stack, Text, Title, Tooltip } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useMessageStates } from '~/features/messages/states';
import { Funnel, type Stage } from '~/ui/Funnel';
import { useFormat } from '~/ui/format';
import { EXCLUSIONS, useExclusions } from '../words';
import { Course } from './Course';
import { Failures } from './Failures';
import type { Run } from './useRun';

/** How far the people got, who was left out, and what went wrong. */
export function Overview({ id, run }: { id: string; run: Run }) {
  return (
    <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md" verticalSpacing="md" style={{ alignItems: 'start' }}>
      <Stack>
        <Card withBorder>
          <FunnelOf id={id} run={run} />
          <Beside id={id} run={run} />
        </Card>
        <Course id={id} />
      </Stack>
      <Stack>
        <Failures id={id} state={run.progress.state} />
        <LeftOut id={id} run={run} />
      </Stack>
    </SimpleGrid>
  );
}

function FunnelOf({ id, run }: { id: string; run: Run }) {
  const { t } = useLingui();
  const { funnel, replied } = run.progress;
  const to = `/campaigns/${id}`;
  const people = (state: string) => ({ to, search: { tab: 'people', state } });
  const stages: Stage[] = [
    {
      key: 'recipients',
      label: t`People`,
      about: t`Everybody who was not left out before. More are added until the whole audience was looked at.`,
      value: run.whole,
      to,
      search: { tab: 'people' },
      color: 'var(--mantine-color-gray-6)',
    },
    {
      key: 'sent',
      label: t`Accepted`,
      about: t`The provider took the message. Those delivered and read are among them.`,
      value: funnel.sent,
      color: 'var(--mantine-color-brand-4)',
      ...people('sent'),
    },
    {
      key: 'delivered',
      label: t`Delivered`,
      about: t`It is on the phone. Those who read it are among them.`,
      value: funnel.delivered,
      color: 'var(--mantine-color-brand-6)',
      ...people('delivered'),
    },
    {
      key: 'read',
      label: t`Read`,
      about: t`The person opened it. People who switched read receipts off are not counted.`,
      value: funnel.read,
      color: 'var(--mantine-color-brand-7)',
      ...people('read'),
    },
    {
      key: 'replied',
      label: t`Replied`,
      about: t`The person wrote back, or pressed a quick reply. Each person counts once.`,
      value: replied,
      color: 'var(--mantine-color-brand-9)',
      ...people('replied'),
    },
  ];
  return (
    <>
      <Title order={2} size="h5" mb="xs">
        <Trans>How far it got</Trans>
      </Title>
      <Funnel
        label={t`How far the messages got`}
        stages={stages}
        whole={run.whole}
        of={t`Shares of all people that it goes to`}
      />
    </>
  );
}

const BESIDE = ['queued', 'sending', 'failed', 'unknown', 'skipped', 'cancelled'] as const;

/** Who is not in the funnel's way: with the accepted ones, these are all people. */
function Beside({ id, run }: { id: string; run: Run }) {
  const states = useMessageStates();
  const format = useFormat();
  const { funnel } = run.progress;
  const some = BESIDE.filter((state) => funnel[state] > 0);
  if (some.length === 0) return null;
  return (
    <Group gap="lg" mt="md" component="ul" p={0} style={{ listStyle: 'none' }}>
      {some.map((state) => (
        <li key={state}>
          <Tooltip
            label={states[state]?.about}
            multiline
            maw={280}
            events={{ hover: true, focus: true, touch: false }}
          >
            <Anchor
              component={Link}
              to={`/campaigns/${id}`}
              search={{ tab: 'people', state } as never}
              size="sm"
            >
              {states[state]?.label}: {format.number(funnel[state])}
            </Anchor>
          </Tooltip>
        </li>
      ))}
    </Group>
  );
}

function LeftOut({ id, run }: { id: string; run: Run }) {
  const words = useExclusions();
  const format = useFormat();
  const { excluded, excluded_by_reason: reasons } = run.progress.funnel;
  if (excluded === 0) return null;
  return (
    <Card withBorder>
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h5">
          <Trans>{format.number(excluded)} left out before</Trans>
        </Title>
        <Anchor
          component={Link}
          to={`/campaigns/${id}`}
          search={{ tab: 'people', state: 'excluded' } as never}
          size="sm"
        >
          <Trans>Who they are</Trans>
        </Anchor>
      </Group>
      <Stack gap="xs">
        {EXCLUSIONS.filter((reason) => (reasons[reason] ?? 0) > 0).map((reason) => (
          <div key={reason}>
            <Text size="sm">
              <Text span fw={600} inherit>
                {format.number(reasons[reason] ?? 0)}
              </Text>{' '}
              {words[reason]?.label}
            </Text>
            <Text size="xs" c="dimmed">
              {words[reason]?.help}
            </Text>
          </div>
        ))}
      </Stack>
    </Card>
  );
}
