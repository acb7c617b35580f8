import { plural } from '@lingui/core/macro';
import { Plural, Trans, useLingui } from '@lingui/react/macro';
import {
  ActionIcon,
  Anchor,
  Button,
  CloseButton,
  Group,
  Indicator,
  Popover,
  Progress,
  Stack,
  Text,
  VisuallyHidden,
} from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconProgress, IconProgressCheck } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useCan } from '~/api/session';
import { Time, useFormat } from '~/ui/format';
import { Said } from '~/ui/Said';
import { over as toast } from '~/ui/toast';
import { type Happening, type Job, stalledSince } from './jobs';
import { useJobs } from './useJobs';
import { useJobWords } from './words';

/** Jobs that run, wherever one is, and for a day what came of them. They go on when the page is left. */
export function JobTray() {
  const { t } = useLingui();
  const format = useFormat();
  const can = useCan();
  const words = useJobWords();
  const [heard, setHeard] = useState('');
  const hear = (happening: Happening) => {
    const { job, what } = happening;
    const { name, told } = words(job);
    if (what === 'begun') setHeard(t`Begun: ${name}`);
    else if (what === 'part') setHeard(t`${name}: ${format.share(happening.quarter, 4)} done`);
    else {
      setHeard(job.good ? t`Done: ${name}. ${told}` : t`Ended: ${name}. ${told}`);
      // Whoever cannot begin such jobs finds them here, and is not interrupted.
      if ('begun' in job.of || can('profiles.import')) toast(<Ended job={job} />, job.good);
    }
  };
  const { jobs, moves, now, dismiss } = useJobs(hear);
  const going = jobs.filter(({ state }) => state !== 'over');
  const over = jobs.filter(({ state }) => state === 'over');
  const label =
    going.length > 0
      ? t`Jobs that run: ${going.length}`
      : plural(over.length, { one: '1 job is over', other: '# jobs are over' });
  return (
    <>
      <VisuallyHidden role="status">{heard}</VisuallyHidden>
      {jobs.length > 0 && (
        <Popover position="bottom-end" width={340}>
          <Indicator label={going.length} size={16} disabled={going.length === 0}>
            <Popover.Target>
              <ActionIcon variant="subtle" color="gray" size="lg" aria-label={label}>
                {going.length > 0 ? (
                  <IconProgress size={20} aria-hidden />
                ) : (
                  <IconProgressCheck size={20} aria-hidden />
                )}
              </ActionIcon>
            </Popover.Target>
          </Indicator>
          <Popover.Dropdown mah="70vh" style={{ overflowY: 'auto' }} tabIndex={0}>
            <Stack gap="sm">
              {going.length > 0 && (
                <Text fw={600} size="sm">
                  <Plural value={going.length} one="One job is running" other="# jobs are running" />
                </Text>
              )}
              {going.map((job) => (
                <Going key={job.id} job={job} stalled={stalledSince(moves, job, now)} />
              ))}
              {over.length > 0 && (
                <Group justify="space-between" wrap="nowrap">
                  <Text fw={600} size="sm">
                    <Trans>Over in the last day</Trans>
                  </Text>
                  {over.length > 1 && (
                    <Button size="compact-xs" variant="subtle" onClick={() => dismiss(over)}>
                      <Trans>Put all away</Trans>
                    </Button>
                  )}
                </Group>
              )}
              {over.map((job) => (
                <Over key={job.id} job={job} dismiss={() => dismiss([job])} />
              ))}
            </Stack>
          </Popover.Dropdown>
        </Popover>
      )}
    </>
  );
}

function Going({ job, stalled }: { job: Job; stalled: number | undefined }) {
  const words = useJobWords();
  const { name, told, to } = words(job);
  const still = stalled !== undefined || job.state === 'paused';
  return (
    <div>
      <Group justify="space-between" wrap="nowrap">
        <Anchor component={Link} to={to} size="sm" truncate dir="auto">
          {name}
        </Anchor>
        <Text size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
          {told}
        </Text>
      </Group>
      <Progress
        mt={4}
        value={100 * (job.share ?? 1)}
        color={still ? 'gray' : undefined}
        striped={still}
        animated={!still && job.share === undefined}
        aria-label={name}
      />
      {stalled !== undefined && (
        <Text size="xs" c="dimmed" mt={2}>
          <Trans>
            No movement since <Time at={stalled} />
          </Trans>{' '}
          {'problem' in job.of && job.of.problem && <Said text={job.of.problem} />}
        </Text>
      )}
    </div>
  );
}

function Over({ job, dismiss }: { job: Job; dismiss: () => void }) {
  const { t } = useLingui();
  const words = useJobWords();
  const { name } = words(job);
  const Icon = job.good ? IconCheck : IconAlertTriangle;
  return (
    <Group justify="space-between" wrap="nowrap" align="flex-start" gap="xs">
      <Icon size={16} aria-hidden style={{ flex: 'none', marginTop: 2 }} />
      <Ended job={job} />
      <CloseButton size="sm" aria-label={t`Put ${name} away`} onClick={dismiss} />
    </Group>
  );
}

/** What came of a job, with the way to it. */
function Ended({ job }: { job: Job }) {
  const words = useJobWords();
  const { name, told, to } = words(job);
  return (
    <div style={{ minWidth: 0, flex: 1 }}>
      <Anchor component={Link} to={to} size="sm" dir="auto" style={{ overflowWrap: 'anywhere' }}>
        {name}
      </Anchor>
      <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
        {told}
      </Text>
    </div>
  );
}
