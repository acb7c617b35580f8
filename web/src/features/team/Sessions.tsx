import { Trans, useLingui } from '@lingui/react/macro';
import { Badge, Button, Group, Paper, Skeleton, Stack, Text } from '@mantine/core';
import { IconDeviceDesktop, IconDeviceMobile } from '@tabler/icons-react';
import type { Schemas } from '~/api/client';
import { Time } from '~/ui/format';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { done, failed } from '~/ui/toast';
import { browserOf } from './browsers';
import { useEndSession, useSessions } from './queries';

/** Where one is signed in, and ending it there. */
export function Sessions() {
  const { t } = useLingui();
  const sessions = useSessions();
  if (sessions.isPending) return <Skeleton height={160} role="status" aria-label={t`Loading`} />;
  if (sessions.isError)
    return <ProblemAlert problem={sessions.error} retry={() => void sessions.refetch()} />;
  return (
    <Stack gap="sm">
      {sessions.data.data.map((session) => (
        <Row key={session.id} session={session} />
      ))}
      <Text size="sm" c="dimmed">
        <Trans>If you do not know one of these, end it and change your password.</Trans>
      </Text>
    </Stack>
  );
}

function Row({ session }: { session: Schemas['OwnSession'] }) {
  const { t } = useLingui();
  const end = useEndSession();
  const { browser, system } = browserOf(session.user_agent);
  const Icon = /iPhone|Android/.test(system) ? IconDeviceMobile : IconDeviceDesktop;
  const what = browser && system ? t`${browser} on ${system}` : browser || t`Unknown browser`;
  return (
    <Paper withBorder p="sm">
      <Group wrap="nowrap" justify="space-between">
        <Group wrap="nowrap" gap="sm" style={{ minWidth: 0 }}>
          <Icon size={22} aria-hidden style={{ flex: 'none' }} />
          <div style={{ minWidth: 0 }}>
            <Group gap={6}>
              <Text size="sm" fw={500}>
                {what}
              </Text>
              {session.current && (
                <Badge size="sm" variant="default" tt="none">
                  <Trans>This one</Trans>
                </Badge>
              )}
            </Group>
            <Text size="xs" c="dimmed">
              <Trans>
                Last used <Time at={session.last_used_at} full /> from <bdi>{session.address}</bdi>
              </Trans>
            </Text>
          </div>
        </Group>
        {!session.current && (
          <Button
            size="compact-sm"
            variant="default"
            aria-label={t`End the session: ${what}`}
            loading={end.isPending}
            onClick={() =>
              end
                .mutateAsync(session.id)
                .then(() => done(t`You are signed out there.`))
                .catch(failed)
            }
          >
            <Trans>End</Trans>
          </Button>
        )}
      </Group>
    </Paper>
  );
}
