import { Trans, useLingui } from '@lingui/react/macro';
import { Anchor, Code, Group, Text, UnstyledButton } from '@mantine/core';
import { IconBan, IconBolt, IconMessage, IconSend, IconThumbUp } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { failureOf, useFailureTitles } from '~/features/messages/failures';
import { useMessageStates } from '~/features/messages/states';
import { StatusPill } from '~/ui/StatusPill';
import { fromMessage } from '~/wa/message';
import type { Happening } from './queries';

type Of<Kind extends Happening['kind']> = Extract<Happening, { kind: Kind }>;

export function Bullet({ happening }: { happening: Happening }) {
  const Icon =
    happening.kind === 'event'
      ? IconBolt
      : happening.kind === 'consent'
        ? happening.action === 'opted_in'
          ? IconThumbUp
          : IconBan
        : happening.state === 'received'
          ? IconMessage
          : IconSend;
  return <Icon size={14} aria-hidden />;
}

/** One thing that happened, in words. */
export function Happened({ happening, open }: { happening: Happening; open: (message: string) => void }) {
  switch (happening.kind) {
    case 'message':
      return <Message of={happening} open={open} />;
    case 'consent':
      return <Decision of={happening} />;
    case 'event':
      return <Event of={happening} />;
  }
}

function Message({ of, open }: { of: Of<'message'>; open: (message: string) => void }) {
  const { t } = useLingui();
  const states = useMessageStates();
  const titles = useFailureTitles();
  const state = states[of.state];
  const failure = failureOf(of.failure);
  const text = of.content ? fromMessage(of.content).body : '';
  const title = of.campaign
    ? t`Message of ${of.campaign}`
    : of.state === 'received'
      ? t`Wrote to us`
      : t`Message to the person`;
  return (
    <>
      <Group gap="xs">
        <UnstyledButton onClick={() => open(of.message_id)} mih={24}>
          <Text size="sm" fw={500} c="var(--mantine-color-anchor)" span dir="auto">
            {title}
          </Text>
        </UnstyledButton>
        {state && of.state !== 'received' && <StatusPill tone={state.tone}>{state.label}</StatusPill>}
      </Group>
      {text && (
        <Text size="sm" lineClamp={2} dir="auto" style={{ overflowWrap: 'anywhere' }}>
          {text}
        </Text>
      )}
      {failure && (
        <Text size="xs" c="dimmed">
          {titles[failure.kind] ?? failure.detail}
        </Text>
      )}
      {of.campaign_id && (
        <Anchor component={Link} to={`/campaigns/${of.campaign_id}`} size="xs">
          <Trans>Open the campaign</Trans>
        </Anchor>
      )}
    </>
  );
}

function Decision({ of }: { of: Of<'consent'> }) {
  return (
    <>
      <Text size="sm" fw={500}>
        {of.action === 'opted_in' ? <Trans>Opted in</Trans> : <Trans>Opted out</Trans>}
      </Text>
      <Text size="sm" dir="auto" style={{ overflowWrap: 'anywhere' }}>
        {of.source}
      </Text>
      {of.detail && (
        <Text size="sm" c="dimmed" dir="auto" style={{ overflowWrap: 'anywhere' }}>
          {of.detail}
        </Text>
      )}
      {of.whole_number && (
        <Text size="xs" c="dimmed">
          <Trans>for the number and all its profiles</Trans>
        </Text>
      )}
    </>
  );
}

function Event({ of }: { of: Of<'event'> }) {
  const data = Object.entries(of.data as Record<string, unknown>);
  return (
    <>
      <Text size="sm" fw={500} dir="auto">
        {of.name}
      </Text>
      {data.map(([name, value]) => (
        <Text key={name} size="xs" style={{ overflowWrap: 'anywhere' }}>
          <bdi>{name}</bdi>: <Code>{typeof value === 'string' ? value : JSON.stringify(value)}</Code>
        </Text>
      ))}
    </>
  );
}
