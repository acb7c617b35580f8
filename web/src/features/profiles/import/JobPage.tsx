import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Alert, Button, Card, Group, Progress, SimpleGrid, Skeleton, Stack, Text } from '@mantine/core';
import {
  IconDownload,
  IconPlayerPause,
  IconPlayerPlay,
  IconShieldCheck,
  IconUsers,
} from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useEffect } from 'react';
import { queryClient } from '~/api/query';
import { useCan } from '~/api/session';
import { useLists } from '~/ui/bulk';
import { confirm } from '~/ui/confirm';
import { Time, useFormat } from '~/ui/format';
import { PageHeader } from '~/ui/PageHeader';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { Said } from '~/ui/Said';
import { StatusPill } from '~/ui/StatusPill';
import { failed } from '~/ui/toast';
import { Sections } from '../Sections';
import { Figure } from './Figure';
import { secondsLeft, shareOf } from './pace';
import { isWorking, type Job, useCancelImport, useHoldImport, useImport } from './queries';
import { UndoButton, UndoOutcome } from './Undo';
import { useImportStates } from './words';

const route = getRouteApi('/shell/profiles/imports/$id');

/** `/profiles/imports/$id`: how far an import is, and what it did. */
export function JobPage() {
  const { t } = useLingui();
  const { id } = route.useParams();
  const { data: job, error, refetch } = useImport(id);
  const stateOf = useImportStates();
  const state = job && stateOf(job);
  const ended = job && !isWorking(job);
  // People and lists are other ones now.
  useEffect(() => {
    if (ended) void queryClient.invalidateQueries({ queryKey: ['profile'] });
  }, [ended]);
  return (
    <>
      <PageHeader
        title={job?.file_name ?? t`Import`}
        beside={state && <StatusPill tone={state.tone}>{state.label}</StatusPill>}
        about={
          job &&
          (job.finished_at ? (
            <Trans>
              Begun <Time at={job.created_at} full />, ended <Time at={job.finished_at} full />
            </Trans>
          ) : (
            <Trans>
              Begun <Time at={job.created_at} full />
            </Trans>
          ))
        }
        actions={job && <Acts job={job} />}
      />
      <Sections />
      {job ? (
        <Whole job={job} />
      ) : error ? (
        <ProblemAlert problem={error} retry={() => void refetch()} />
      ) : (
        <Skeleton height={200} role="status" aria-label={t`Loading`} />
      )}
    </>
  );
}

function Acts({ job }: { job: Job }) {
  const can = useCan();
  if (job.state === 'draft') {
    return (
      can('profiles.import') && (
        <Button component={Link} to={`/profiles/import?draft=${job.id}`}>
          <Trans>Go on with this import</Trans>
        </Button>
      )
    );
  }
  if (job.state !== 'running' && job.state !== 'paused') return <UndoButton job={job} />;
  return (
    <Group>
      <Hold job={job} />
      <Cancel job={job} />
    </Group>
  );
}

function Hold({ job }: { job: Job }) {
  const can = useCan();
  const hold = useHoldImport(job.id);
  if (!can('profiles.import')) return null;
  const paused = job.state === 'paused';
  return (
    <Button
      variant="default"
      loading={hold.isPending}
      leftSection={
        paused ? <IconPlayerPlay size={16} aria-hidden /> : <IconPlayerPause size={16} aria-hidden />
      }
      onClick={() => hold.mutate(paused ? 'resume' : 'pause', { onError: failed })}
    >
      {paused ? <Trans>Resume</Trans> : <Trans>Pause</Trans>}
    </Button>
  );
}

function Cancel({ job }: { job: Job }) {
  const { t } = useLingui();
  const can = useCan();
  const format = useFormat();
  const cancel = useCancelImport();
  if (!can('profiles.import')) return null;
  const rows = format.number(job.rows);
  return (
    <Button
      color="red"
      variant="outline"
      onClick={() =>
        confirm({
          title: t`Cancel this import?`,
          children: t`${rows} rows are done and stay. The rest of the file is not imported. You can import the same file again later: nothing doubles.`,
          act: t`Cancel the import`,
          danger: true,
          run: () => cancel.mutateAsync(job.id),
        })
      }
    >
      <Trans>Cancel the import</Trans>
    </Button>
  );
}

function Whole({ job }: { job: Job }) {
  const { t } = useLingui();
  const format = useFormat();
  const kept = format.number(job.opt_outs_kept);
  return (
    <Stack maw={960}>
      {(job.state === 'running' || job.state === 'paused') && <Running job={job} />}
      {job.state === 'draft' && (
        <Alert variant="light">
          <Trans>Nothing is written yet. The file waits for a week until somebody starts its import.</Trans>
        </Alert>
      )}
      <UndoOutcome job={job} />
      {job.problem && (
        <Alert color={job.state === 'failed' ? 'red' : 'yellow'} variant="light" title={t`What went wrong`}>
          <Said text={job.problem} />
        </Alert>
      )}
      <SimpleGrid cols={{ base: 2, xs: 3, md: 5 }} spacing="sm">
        <Figure label={t`Rows done`} value={job.rows} />
        <Figure label={t`New people`} value={job.created} />
        <Figure label={t`Changed`} value={job.updated} />
        <Figure label={t`Were so already`} value={job.unchanged} />
        <Figure label={t`Bad rows`} value={job.invalid} bad />
      </SimpleGrid>
      <Alert variant="light" icon={<IconShieldCheck size={18} aria-hidden />}>
        {job.opt_outs_kept > 0 ? (
          <Plural
            value={job.opt_outs_kept}
            one="1 opt-out was kept: the file asked for an opt-in, but the person had opted out."
            other={`${kept} opt-outs were kept: the file asked for an opt-in, but these people had opted out.`}
          />
        ) : (
          <Trans>Opt-out is never removed by an import.</Trans>
        )}
      </Alert>
      <Group>
        <ListLink ended={!['running', 'paused', 'draft'].includes(job.state)} />
        {job.invalid > 0 && (
          <Button
            component="a"
            href={`/api/v1/imports/${job.id}/errors`}
            download
            variant="default"
            leftSection={<IconDownload size={16} aria-hidden />}
          >
            <Trans>Download the bad rows</Trans>
          </Button>
        )}
      </Group>
      {job.invalid > 0 && (
        <Text size="sm" c="dimmed">
          <Trans>The file has the reason in each row. Mend the rows there and import it again.</Trans>
        </Text>
      )}
    </Stack>
  );
}

function Running({ job }: { job: Job }) {
  const { t } = useLingui();
  const format = useFormat();
  const share = shareOf(job);
  const pace = format.number(Math.round(job.rows_per_second));
  const part = format.share(share, 1);
  const left = secondsLeft(job);
  const paused = job.state === 'paused';
  return (
    <Card withBorder>
      <Progress
        color={paused ? 'gray' : undefined}
        value={share * 100}
        animated={!paused && !job.bytes_total}
        aria-label={t`How far the import is`}
      />
      <Group gap="lg" mt="xs">
        <Text size="sm">
          <Trans>{part} of the file</Trans>
        </Text>
        {!paused && (
          <Text size="sm">
            <Trans>{pace} rows a second</Trans>
          </Text>
        )}
        {!paused && left !== undefined && <Left seconds={left} />}
      </Group>
      <Text size="xs" c="dimmed" mt={4}>
        {paused ? (
          <Trans>It waits until somebody resumes it. What is written stays.</Trans>
        ) : (
          <Trans>The import goes on when you leave this page.</Trans>
        )}
      </Text>
    </Card>
  );
}

function Left({ seconds }: { seconds: number }) {
  const minutes = Math.ceil(seconds / 60);
  return (
    <Text size="sm">
      {seconds < 60 ? (
        <Trans>less than a minute left</Trans>
      ) : (
        <Plural value={minutes} one="about 1 minute left" other="about # minutes left" />
      )}
    </Text>
  );
}

/** To the people of the list that the import filled; its name is known right after it was begun. */
function ListLink({ ended }: { ended: boolean }) {
  const { t } = useLingui();
  const { list: name } = route.useSearch();
  const lists = useLists();
  const list = name ? lists.data?.data.find((one) => one.name === name) : undefined;
  if (!ended) return null;
  return (
    <Button
      component={Link}
      to={list ? `/profiles?list=${encodeURIComponent(list.id)}` : '/profiles'}
      leftSection={<IconUsers size={16} aria-hidden />}
    >
      {list ? t`Show the people of ${list.name}` : <Trans>Show the people</Trans>}
    </Button>
  );
}
