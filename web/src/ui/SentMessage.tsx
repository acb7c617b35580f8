import { Trans, useLingui } from '@lingui/react/macro';
import { Code, Loader, Stack, Text, Timeline } from '@mantine/core';
import { IconAlertCircle, IconCheck, IconChecks, IconEye, IconHelpCircle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { api, body } from '~/api/client';
import { Time } from './format';
import { ProblemAlert } from './ProblemAlert';
import { Said } from './Said';

const FINAL = ['read', 'failed', 'skipped', 'cancelled'];

/** What becomes of one message, as it happens. */
export function SentMessage({ id }: { id: string }) {
  const { t } = useLingui();
  const message = useQuery({
    queryKey: ['message', 'one', id],
    queryFn: () => body(api.GET('/api/v1/messages/{id}', { params: { path: { id } } })),
    // Live events refetch it as well; this tells the truth where they do not get through.
    refetchInterval: ({ state }) => (state.data && FINAL.includes(state.data.state) ? false : 1500),
  });
  if (message.isError) return <ProblemAlert problem={message.error} retry={() => void message.refetch()} />;
  const told = message.data;
  if (!told) return <Loader size="sm" role="img" aria-label={t`Loading`} />;
  const at = (what: string) => told.timeline.find((moment) => moment.what === what)?.at;
  const steps: { what: string; title: ReactNode; at: number | undefined; icon: ReactNode }[] = [
    {
      title: <Trans>Accepted</Trans>,
      what: 'accepted',
      at: at('accepted'),
      icon: <IconCheck size={14} aria-hidden />,
    },
    {
      title: <Trans>Delivered</Trans>,
      what: 'delivered',
      at: at('delivered'),
      icon: <IconChecks size={14} aria-hidden />,
    },
    { title: <Trans>Read</Trans>, what: 'read', at: at('read'), icon: <IconEye size={14} aria-hidden /> },
  ];
  const wrong = told.state === 'failed' || told.state === 'unknown' || told.state === 'skipped';
  const reached = steps.findLastIndex((step) => step.at !== undefined);
  const attempts = told.timeline.filter((moment) => moment.request || moment.answer);
  return (
    <Stack gap="xs" role="status" aria-label={t`What became of it`}>
      <Timeline active={reached} bulletSize={24} lineWidth={2}>
        {steps.map((step, n) => (
          <Timeline.Item key={step.what} bullet={step.icon} title={step.title}>
            <Text size="xs" c="dimmed" component="div">
              {step.at !== undefined ? (
                <Time at={step.at} full />
              ) : n <= reached ? (
                <Trans>Not reported; what came later proves it</Trans>
              ) : wrong ? (
                <Trans>Did not happen</Trans>
              ) : (
                <Trans>Waiting</Trans>
              )}
            </Text>
          </Timeline.Item>
        ))}
      </Timeline>
      {wrong && (
        <Text size="sm" fw={600}>
          {told.state === 'unknown' ? (
            <IconHelpCircle size={16} aria-hidden style={{ verticalAlign: '-3px' }} />
          ) : (
            <IconAlertCircle size={16} aria-hidden style={{ verticalAlign: '-3px' }} />
          )}{' '}
          {told.state === 'unknown' ? (
            <Trans>Unknown whether it was taken</Trans>
          ) : (
            <Trans>Not delivered</Trans>
          )}
        </Text>
      )}
      <Text size="sm" dir="auto">
        <Said text={told.next} />
      </Text>
      {attempts.length > 0 && (
        <details>
          <summary>
            <Trans>What was asked of the provider, and its answer</Trans>
          </summary>
          {attempts.map((moment) => (
            <Stack key={`${moment.at}${moment.what}`} gap={4} mt={4}>
              {[moment.request, moment.answer].map(
                (raw) =>
                  raw && (
                    <Code key={raw} block style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
                      {raw}
                    </Code>
                  ),
              )}
            </Stack>
          ))}
        </details>
      )}
    </Stack>
  );
}
