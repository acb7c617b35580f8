import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { serverNow, useNow } from '~/api/clock';
import { regional } from '~/i18n';
import { Phone, useFormat } from '~/ui/format';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { done, failed } from '~/ui/toast';
import { handset } from './handset';
import { lasting } from './lasting';
import { useDemoTime, useName, usePerson } from './queries';

const HOUR = 3_600_000;
/** Less than this before its end, a window cannot be moved to its last minute. */
const MINUTE = 60_000;

/** The time of the demo, which goes forward at a click. */
export function Clock() {
  const { t, i18n } = useLingui();
  const client = useQueryClient();
  const format = useFormat();
  const { person } = usePerson();
  const name = useName(person);
  const time = useDemoTime(person);
  const [moving, setMoving] = useState(false);
  useNow(1_000);
  const move = async (how: Parameters<typeof handset.move>[0]) => {
    setMoving(true);
    try {
      const { now } = await handset.move(how);
      done(t`In the demo it is now ${format.full(now)}.`);
      // Windows, schedules, timelines: all of it is older now.
      void client.invalidateQueries();
    } catch (problem) {
      failed(problem);
    } finally {
      setMoving(false);
    }
  };
  const title = (
    <Title order={3} size="h6" id="sim-clock" mb={6}>
      <Trans>Clock</Trans>
    </Title>
  );
  if (time.isPending) return <Skeleton height={120} />;
  if (time.isError) return <ProblemAlert problem={time.error} retry={() => void time.refetch()} />;
  const { ahead_ms: ahead, movable, window_closes_at: closesAt } = time.data;
  if (!movable) {
    return (
      <section aria-labelledby="sim-clock">
        {title}
        <Text size="sm" c="dimmed">
          <Trans>The time can be moved only in a server that was started with "harkara demo".</Trans>
        </Text>
      </section>
    );
  }
  const who = name || (person ? <Phone number={`+${person}`} /> : '');
  const open = closesAt != null && closesAt - serverNow() > MINUTE;
  return (
    <section aria-labelledby="sim-clock">
      {title}
      <Stack gap={6}>
        <div>
          <Text size="sm" fw={600}>
            {format.full(serverNow())}
          </Text>
          <Text size="xs" c="dimmed">
            {ahead > 0 ? (
              <Trans>The demo is {lasting(ahead, regional(i18n.locale))} ahead of the real time.</Trans>
            ) : (
              <Trans>The real time.</Trans>
            )}
          </Text>
        </div>
        <Group gap="xs">
          <Button
            size="xs"
            variant="default"
            disabled={moving}
            onClick={() => void move({ forward_ms: HOUR })}
          >
            <Trans>+1 hour</Trans>
          </Button>
          <Button
            size="xs"
            variant="default"
            disabled={moving}
            onClick={() => void move({ forward_ms: 24 * HOUR })}
          >
            <Trans>+24 hours</Trans>
          </Button>
          <Button
            size="xs"
            variant="default"
            disabled={moving || !open}
            aria-describedby="sim-window"
            onClick={() => person && void move({ to_window_of: person })}
          >
            <Trans>To 1 minute before the window closes</Trans>
          </Button>
        </Group>
        <Text size="xs" c="dimmed" id="sim-window">
          {closesAt != null ? (
            <Trans>
              The 24-hour window of {who} closes at {format.soon(closesAt)}.
            </Trans>
          ) : (
            <Trans>{who} has no open 24-hour window: write something from this phone to open one.</Trans>
          )}
        </Text>
        <Text size="xs" c="dimmed">
          <Trans>
            Moves this server and its simulated provider, forward only. Removing the demo brings the real time
            back.
          </Trans>
        </Text>
      </Stack>
    </section>
  );
}
