import { Trans, useLingui } from '@lingui/react/macro';
import { Anchor, Button, Group, Paper, Progress, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api, body } from '~/api/client';
import { queryClient } from '~/api/query';
import { useCan } from '~/api/session';
import { useLive, useLiveState } from '~/live/hooks';
import { confirm } from '~/ui/confirm';
import { useFormat } from '~/ui/format';
import { Said } from '~/ui/Said';
import { type Bulk, useCancelBulk } from './acts';

/** For how long the end of an act on many people is shown. */
const SHOWN_FOR = 10 * 60_000;

/** Acts on many people that run, or have just ended; live events tell how far they are. */
export function RunningActs() {
  const live = useLiveState() === 'live';
  const { data, dataUpdatedAt } = useQuery({
    queryKey: ['bulk', 'list'],
    queryFn: () => body(api.GET('/api/v1/profiles/bulk', { params: { query: { limit: 5 } } })),
    refetchInterval: ({ state }) =>
      state.data?.data.some((act) => act.state === 'running') ? (live ? 5_000 : 1_000) : false,
  });
  useLive(({ topic, data: told }) => {
    if (topic === 'bulk' && told.state !== 'running')
      void queryClient.invalidateQueries({ queryKey: ['profile'] });
  });
  const acts = (data?.data ?? []).filter(
    ({ state, finished_at }) => state === 'running' || (finished_at ?? 0) > dataUpdatedAt - SHOWN_FOR,
  );
  if (acts.length === 0) return null;
  return (
    <Stack gap="xs" mb="md">
      {acts.map((act) => (
        <Act key={act.id} act={act} />
      ))}
    </Stack>
  );
}

function Act({ act }: { act: Bulk }) {
  const { t } = useLingui();
  const can = useCan();
  const format = useFormat();
  const cancel = useCancelBulk();
  const [total, looked, changed] = [act.total, act.done, act.changed].map(format.number);
  const list = act.list ?? '';
  const title =
    act.act === 'opt_out' ? t`Opt-out of ${total} people` : t`${total} people onto the list ${list}`;
  const stop = () =>
    confirm({
      title: t`Stop here?`,
      children: t`${looked} people are done, and stay so. The others are left as they are.`,
      act: t`Stop it`,
      danger: true,
      run: () => cancel.mutateAsync(act.id),
    });
  const running = act.state === 'running';
  return (
    <Paper withBorder p="xs">
      <Group justify="space-between" gap="xs">
        <Text size="sm" fw={600} dir="auto">
          {title}
        </Text>
        {running
          ? can('profiles.write') && (
              <Button size="compact-sm" variant="default" onClick={stop}>
                <Trans>Stop</Trans>
              </Button>
            )
          : act.list_id && (
              <Anchor component={Link} to={`/profiles?list=${act.list_id}`} size="sm">
                <Trans>Show the list</Trans>
              </Anchor>
            )}
      </Group>
      {running && (
        <Progress mt={4} value={act.total > 0 ? (100 * act.done) / act.total : 100} aria-label={title} />
      )}
      <Text size="xs" c="dimmed" role="status">
        {act.state === 'running' && <Trans>{looked} done so far</Trans>}
        {act.state === 'finished' && <Trans>Finished: {changed} changed, the others were so already.</Trans>}
        {act.state === 'cancelled' && <Trans>Stopped: {looked} were done, and stay so.</Trans>}
        {act.state === 'failed' && act.problem && <Said text={act.problem} />}
      </Text>
    </Paper>
  );
}
