import { Trans, useLingui } from '@lingui/react/macro';
import { Anchor, Button, Group, Paper, Progress, Stack, Text, Title } from '@mantine/core';
import { IconClock } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { Schemas } from '~/api/client';
import { useCan } from '~/api/session';
import { useFormat } from '~/ui/format';
import { Said } from '~/ui/Said';
import { StatusPill } from '~/ui/StatusPill';

type Campaign = Schemas['Progress'];

/** Campaigns that run or are held, each with its bar. */
export function Running({ campaigns }: { campaigns: Campaign[] }) {
  const can = useCan();
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="running">
      <Group justify="space-between" mb="sm">
        <Title order={2} size="h4" id="running">
          <Trans>Campaigns that run</Trans>
        </Title>
        <Anchor component={Link} to="/campaigns" size="sm">
          <Trans>All campaigns</Trans>
        </Anchor>
      </Group>
      {campaigns.length === 0 ? (
        <Group justify="space-between">
          <Text size="sm" c="dimmed">
            <Trans>None at the moment.</Trans>
          </Text>
          {can('campaigns.write') && (
            <Button component={Link} to="/campaigns/new" variant="default" size="compact-sm">
              <Trans>New campaign</Trans>
            </Button>
          )}
        </Group>
      ) : (
        <Stack gap="lg">
          {campaigns.map((campaign) => (
            <Bar key={campaign.id} campaign={campaign} />
          ))}
        </Stack>
      )}
    </Paper>
  );
}

function Bar({ campaign }: { campaign: Campaign }) {
  const { t } = useLingui();
  const format = useFormat();
  const { id, name, state, funnel, expected, waiting } = campaign;
  const whole = Math.max(expected ?? 0, funnel.recipients, 1);
  const part = (n: number) => (100 * n) / whole;
  const sent = format.number(funnel.sent);
  const total = format.number(Math.max(expected ?? 0, funnel.recipients));
  return (
    <div>
      <Group justify="space-between" wrap="nowrap" mb={6}>
        <Anchor component={Link} to={`/campaigns/${id}`} fw={500} size="sm" truncate dir="auto">
          {name}
        </Anchor>
        {state === 'paused' ? (
          <StatusPill tone="paused">{t`Paused`}</StatusPill>
        ) : waiting ? (
          <StatusPill tone="warn">{t`Waiting`}</StatusPill>
        ) : (
          <StatusPill tone="busy">{t`Sending`}</StatusPill>
        )}
      </Group>
      <Progress.Root size={10} aria-hidden>
        <Progress.Section value={part(funnel.read)} color="brand.9" />
        <Progress.Section value={part(funnel.delivered - funnel.read)} color="brand.7" />
        <Progress.Section value={part(funnel.sent - funnel.delivered)} color="brand.4" />
        <Progress.Section value={part(funnel.failed + funnel.unknown)} color="red.7" />
      </Progress.Root>
      <Text size="xs" c="dimmed" mt={4}>
        <Trans>
          {sent} of {total} accepted, {format.number(funnel.delivered)} delivered,{' '}
          {format.number(funnel.read)} read, {format.number(funnel.failed)} failed
        </Trans>
      </Text>
      {waiting && state !== 'paused' && (
        <Group gap={6} wrap="nowrap" mt={4} align="flex-start">
          <IconClock size={16} aria-hidden style={{ flex: 'none' }} />
          <Text size="sm">
            <Said text={waiting.reason} />
          </Text>
        </Group>
      )}
    </div>
  );
}
