import { Trans, useLingui } from '@lingui/react/macro';
import { Alert, Anchor, Group, Progress, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconClock } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { serverNow } from '~/api/clock';
import { Time, useFormat } from '~/ui/format';
import { Said } from '~/ui/Said';
import { wallIn } from '~/ui/zone';
import type { Campaign } from '../queries';
import type { Run } from './useRun';

/** Where it stands in a sentence; when it does not move, why and what to do. */
export function StateSentence({ campaign, run }: { campaign: Campaign; run: Run }) {
  const { t } = useLingui();
  const format = useFormat();
  const { progress, done, whole } = run;
  const waiting = progress.waiting;
  const live = progress.state === 'running' || progress.state === 'paused';
  const percent = whole > 0 ? (100 * done) / whole : progress.planned ? 100 : 0;
  return (
    <Stack gap="xs" mb="md">
      <Group justify="space-between" align="baseline" gap="xs">
        <Text role="status" data-testid="sentence">
          <Sentence campaign={campaign} run={run} />
        </Text>
        {live && whole > 0 && (
          <Text size="sm" c="dimmed">
            {format.share(done, whole)}
          </Text>
        )}
      </Group>
      {live && (
        <Progress
          value={percent}
          size="lg"
          aria-label={t`Progress of the campaign`}
          color={progress.state === 'paused' || waiting ? 'gray' : undefined}
          striped={Boolean(waiting)}
        />
      )}
      {waiting && (
        <Alert
          color={waiting.until ? 'yellow' : progress.state === 'stopped' ? 'gray' : 'red'}
          variant="light"
          role="alert"
          icon={
            waiting.until ? <IconClock size={18} aria-hidden /> : <IconAlertTriangle size={18} aria-hidden />
          }
          title={<WaitingTitle waiting={waiting} zone={campaign.quiet?.zone} />}
        >
          {waiting.code !== 'quiet_hours' && (
            <Text size="sm" dir="auto">
              <Said text={waiting.reason} />
            </Text>
          )}
          {waiting.until && (
            <Text size="sm" mt={4}>
              <Trans>It goes on by itself at {format.exact(waiting.until)}.</Trans>
            </Text>
          )}
          {waiting.code === 'account_held' && (
            <Anchor component={Link} to={`/settings/whatsapp/${campaign.account_id}`} size="sm">
              <Trans>Open the account to mend it</Trans>
            </Anchor>
          )}
        </Alert>
      )}
    </Stack>
  );
}

interface WaitingProps {
  waiting: NonNullable<Run['progress']['waiting']>;
  zone: string | undefined;
}

function WaitingTitle({ waiting: { code, since, until }, zone }: WaitingProps) {
  const format = useFormat();
  const at = format.full(since);
  switch (code) {
    case 'quiet_hours': {
      if (!until || !zone) break;
      const there = wallIn(until, zone);
      // The date is told where it is not the next of its times that comes.
      const time = until - serverNow() < 24 * 3_600_000 ? there.slice(11) : there;
      return (
        <Trans>
          Waiting: quiet hours until {time} ({zone})
        </Trans>
      );
    }
    case 'cut_off':
      return <Trans>The cut-off was at {at}</Trans>;
    case 'throttled':
      return <Trans>Slowed down since {at}</Trans>;
    case 'unavailable':
      return <Trans>The provider cannot be reached since {at}</Trans>;
    case 'account_held':
      return <Trans>Sending is on hold since {at}. Nothing is lost.</Trans>;
    case 'stopped':
      return <Trans>It was stopped at {at}</Trans>;
  }
  return <Trans>It waits for a person since {at}</Trans>;
}

function Sentence({ campaign, run }: { campaign: Campaign; run: Run }) {
  const format = useFormat();
  const { progress, perSecond, endsAt } = run;
  const done = format.number(run.done);
  const whole = format.number(run.whole);
  const left = format.number(Math.max(0, run.whole - run.done));
  switch (progress.state) {
    case 'scheduled': {
      const start = campaign.scheduled_at ?? 0;
      if (start - progress.now < 61_000)
        return <Trans>Starts in a few seconds. Until then you can take it back.</Trans>;
      const at = format.full(start);
      return <Trans>Starts at {at}. Nothing was sent yet.</Trans>;
    }
    case 'paused':
      return (
        <Trans>
          Paused: {done} of {whole} done, {left} wait.
        </Trans>
      );
    case 'finished': {
      const at = progress.finished_at ? format.full(progress.finished_at) : '';
      const sent = format.number(progress.funnel.sent);
      if (progress.funnel.cut_off > 0) {
        const skipped = format.number(progress.funnel.cut_off);
        return (
          <Trans>
            Ended by its cut-off at {at}: {sent} of {whole} were accepted by the provider, {skipped} were
            skipped.
          </Trans>
        );
      }
      return (
        <Trans>
          Finished at {at}: {sent} of {whole} were accepted by the provider.
        </Trans>
      );
    }
    case 'stopped': {
      const at = progress.finished_at ? format.full(progress.finished_at) : '';
      const sent = format.number(progress.funnel.sent);
      return (
        <Trans>
          Stopped at {at}: {sent} were sent, the others will not be.
        </Trans>
      );
    }
  }
  if (progress.waiting && !perSecond) {
    return (
      <Trans>
        Standing still at {done} of {whole}.
      </Trans>
    );
  }
  if (!progress.planned && progress.expected === null) {
    return <Trans>Sending: {done} so far. The audience is being counted.</Trans>;
  }
  if (perSecond === undefined) {
    return (
      <Trans>
        Sending: {done} of {whole}.
      </Trans>
    );
  }
  const pace = format.number(perSecond >= 10 ? Math.round(perSecond) : Math.round(perSecond * 10) / 10);
  if (endsAt === undefined) {
    return (
      <Trans>
        Sending: {done} of {whole}, {pace} a second.
      </Trans>
    );
  }
  return (
    <Trans>
      Sending: {done} of {whole}, {pace} a second, done about{' '}
      <Time at={Math.ceil(endsAt / 60_000) * 60_000} />.
    </Trans>
  );
}
