import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Anchor, Badge, Card, Code, Group, Stack, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useFailureTitles } from '~/features/messages/failures';
import { useMessageStates } from '~/features/messages/states';
import { useSaid } from '~/i18n/said';
import { useFormat } from '~/ui/format';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { type FailureGroup, useFailures } from '../queries';
import { ResendKind } from './ResendKind';

/** Kinds of failures that were about the moment: sending again may help. */
const HELPS = ['unavailable', 'throttled', 'capped', 'config', 'auth'];

/** What went wrong, grouped by reason, with what to do; the largest group first. */
export function Failures({ id, state }: { id: string; state: string }) {
  const { data, error, refetch } = useFailures(id);
  if (error && !data) return <ProblemAlert problem={error} retry={() => void refetch()} />;
  const groups = data?.data ?? [];
  return (
    <Card withBorder component="section" aria-labelledby="failures">
      <Title order={2} size="h5" mb="xs" id="failures">
        <Trans>What went wrong</Trans>
      </Title>
      {groups.length === 0 ? (
        <Text size="sm" c="dimmed">
          <Trans>Nothing so far. Failures are shown here by reason, each with what to do.</Trans>
        </Text>
      ) : (
        <Stack gap="md">
          {groups.map((group) => (
            <OneGroup
              state={state}
              key={`${group.state}${group.kind}${group.code}${group.detail}`}
              id={id}
              group={group}
            />
          ))}
        </Stack>
      )}
    </Card>
  );
}

function OneGroup({ id, state, group }: { id: string; state: string; group: FailureGroup }) {
  const { t } = useLingui();
  const said = useSaid();
  const titles = useFailureTitles();
  const states = useMessageStates();
  const format = useFormat();
  return (
    <div>
      <Group gap="xs" align="baseline">
        <Text size="sm" fw={600}>
          {titles[group.kind] ?? group.kind}
        </Text>
        <Badge variant="default" tt="none" fw={500}>
          {states[group.state]?.label ?? group.state}
        </Badge>
        <Anchor
          component={Link}
          to={`/campaigns/${id}`}
          search={{ tab: 'people', state: group.state, kind: group.kind } as never}
          size="sm"
        >
          <Plural value={group.count} one="1 person" other={`${format.number(group.count)} people`} />
        </Anchor>
      </Group>
      <Text size="sm" mt={2} dir="auto">
        {said(group.help)}
      </Text>
      <Text size="xs" c="dimmed" mt={2} dir="auto" style={{ overflowWrap: 'anywhere' }}>
        {t`The provider says: ${said(group.detail)}`} {group.code && <Code>{group.code}</Code>}
      </Text>
      {group.state === 'failed' && HELPS.includes(group.kind) && state !== 'stopped' && (
        <ResendKind id={id} kind={group.kind} paused={state === 'paused'} />
      )}
    </div>
  );
}
