import { Trans, useLingui } from '@lingui/react/macro';
import { Anchor, Button, Group, Paper, Progress, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api, body } from '~/api/client';
import { queryClient } from '~/api/query';
import { useCan } from '~/api/session';
import { useLive, useLiveState } from '~/live/hooks';
import { type Bulk, useCancelBulk } from './bulk';
import { confirm } from './confirm';
import { useFormat } from './format';
import { Said } from './Said';

/** For how long the end of an act on many people is shown. */
const SHOWN_FOR = 10 * 60_000;

/** Acts on many people, or on recipients of a campaign, that run or have just ended; live events tell how far they are. */
export function RunningActs({ campaign }: { campaign?: string }) {
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
    ({ state, finished_at, campaign_id }) =>
      (state === 'running' || (finished_at ?? 0) > dataUpdatedAt - SHOWN_FOR) &&
      (campaign === undefined || campaign === campaign_id),
  );
  if (acts.length === 0) return null;
  return (
    <Stack gap="xs" mb="md">
      {acts.map((act) => (
        <BulkAct key={act.id} act={act} />
      ))}
    </Stack>
  );
}

/** How far an act on many people is, and what came of it. */
export function BulkAct({ act }: { act: Bulk }) {
  const { t } = useLingui();
  const can = useCan();
  const format = useFormat();
  const cancel = useCancelBulk();
  const title = useTitle()(act);
  const [looked, changed, matched] = [act.done, act.changed, act.matched ?? act.done].map(format.number);
  /** It looks at more people than it is for. */
  const some = typeof act.matched === 'number';
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
        {running &&
          (some ? (
            <Trans>
              {looked} looked at so far, {matched} of them match
            </Trans>
          ) : (
            <Trans>{looked} done so far</Trans>
          ))}
        {act.state === 'finished' &&
          (some ? (
            <Trans>
              Finished: {matched} match, {changed} of them changed, the others were so already.
            </Trans>
          ) : (
            <Trans>Finished: {changed} changed, the others were so already.</Trans>
          ))}
        {act.state === 'cancelled' && <Trans>Stopped: {looked} were done, and stay so.</Trans>}
        {act.state === 'failed' && act.problem && <Said text={act.problem} />}
      </Text>
    </Paper>
  );
}

function useTitle(): (act: Bulk) => string {
  const { t } = useLingui();
  const format = useFormat();
  return (act) => {
    const total = format.number(act.total);
    const list = act.list ?? '';
    const campaign = act.campaign ?? '';
    const some = typeof act.matched === 'number';
    if (act.act === 'opt_out') return some ? t`Opt-out of those who match` : t`Opt-out of ${total} people`;
    if (act.act === 'remove_from_list')
      return some ? t`Those who match off the list ${list}` : t`${total} people off the list ${list}`;
    if (act.campaign_id) return t`Recipients of ${campaign} onto the list ${list}`;
    return some ? t`Those who match onto the list ${list}` : t`${total} people onto the list ${list}`;
  };
}
