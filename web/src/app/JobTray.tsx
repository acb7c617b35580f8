import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, Anchor, Group, Indicator, Popover, Progress, Stack, Text } from '@mantine/core';
import { IconProgress } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api, body, type Schemas } from '~/api/client';
import { useCan } from '~/api/session';
import { useFormat } from '~/ui/format';

/** How much of it is done. */
function percent({ bytes_read, bytes_total, undo }: Schemas['Import']): number {
  const [part, whole] = undo ? [undo.people.done, undo.total] : [bytes_read, bytes_total];
  return whole ? (100 * part) / whole : 100;
}

/** Imports that run or are being undone, and acts on many people, wherever one is; they go on when the page is left. */
export function JobTray() {
  const { t } = useLingui();
  const can = useCan();
  const format = useFormat();
  const { data } = useQuery({
    queryKey: ['import', 'tray'],
    queryFn: () => body(api.GET('/api/v1/imports', { params: { query: { limit: 10 } } })),
    enabled: can('profiles.read'),
  });
  const { data: bulk } = useQuery({
    queryKey: ['bulk', 'tray'],
    queryFn: () => body(api.GET('/api/v1/profiles/bulk', { params: { query: { limit: 10 } } })),
    enabled: can('profiles.read'),
  });
  const running = (data?.data ?? []).filter((job) => job.state === 'running' || job.undo?.finished === false);
  const acts = (bulk?.data ?? []).filter((act) => act.state === 'running');
  const all = running.length + acts.length;
  if (all === 0) return null;
  return (
    <Popover position="bottom-end" width={300}>
      <Indicator label={all} size={16}>
        <Popover.Target>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t`Jobs that run: ${all}`}>
            <IconProgress size={20} aria-hidden />
          </ActionIcon>
        </Popover.Target>
      </Indicator>
      <Popover.Dropdown>
        <Stack gap="sm">
          <Text fw={600} size="sm">
            <Plural value={all} one="One job is running" other="# jobs are running" />
          </Text>
          {running.map((job) => (
            <div key={job.id}>
              <Group justify="space-between" wrap="nowrap">
                <Anchor component={Link} to={`/profiles/imports/${job.id}`} size="sm" truncate>
                  {job.file_name}
                </Anchor>
                <Text size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
                  {job.undo ? <Trans>being undone</Trans> : <Trans>{format.number(job.rows)} rows</Trans>}
                </Text>
              </Group>
              <Progress mt={4} value={percent(job)} animated={!job.bytes_total} aria-label={job.file_name} />
            </div>
          ))}
          {acts.map((act) => {
            const name =
              act.act === 'opt_out'
                ? t`Opting people out`
                : act.act === 'add_to_list'
                  ? t`Putting people on a list`
                  : t`Taking people off a list`;
            return (
              <div key={act.id}>
                <Group justify="space-between" wrap="nowrap">
                  <Anchor component={Link} to="/profiles" size="sm" truncate>
                    {name}
                  </Anchor>
                  <Text size="xs" c="dimmed">
                    <Trans>
                      {format.number(act.done)} of {format.number(act.total)}
                    </Trans>
                  </Text>
                </Group>
                <Progress
                  mt={4}
                  value={act.total > 0 ? (100 * act.done) / act.total : 100}
                  aria-label={name}
                />
              </div>
            );
          })}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
