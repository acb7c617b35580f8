import { Trans, useLingui } from '@lingui/react/macro';
import { Card, Group, SegmentedControl, Title } from '@mantine/core';
import { useState } from 'react';
import { TimeSeries } from '~/ui/TimeSeries';
import { useSeries } from '../queries';
import classes from './Course.module.css';

const HOUR = 3_600_000;

/** How the counts grew, whole or only the beginning: reports come for days, sending takes minutes. */
export function Course({ id }: { id: string }) {
  const { t } = useLingui();
  const [hours, setHours] = useState<number>();
  const whole = useSeries(id, undefined).data?.points ?? [];
  const part = useSeries(id, hours).data?.points ?? whole;
  const length = (whole.at(-1)?.at ?? 0) - (whole[0]?.at ?? 0);
  if (length === 0) return null;
  const spans = [
    { hours: 1, label: t`First hour` },
    { hours: 24, label: t`First day` },
    { hours: 168, label: t`First week` },
  ].filter((span) => span.hours * HOUR < length);
  return (
    <Card withBorder component="section" aria-labelledby="course" className={classes.course}>
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h5" id="course">
          <Trans>How it went</Trans>
        </Title>
        {spans.length > 0 && (
          <SegmentedControl
            size="xs"
            aria-label={t`Part of the time`}
            value={String(hours ?? '')}
            onChange={(chosen) => setHours(chosen === '' ? undefined : Number(chosen))}
            data={[
              ...spans.map((span) => ({ value: String(span.hours), label: span.label })),
              { value: '', label: t`All` },
            ]}
          />
        )}
      </Group>
      <TimeSeries
        label={t`How the numbers grew`}
        points={part}
        lines={[
          { key: 'sent', label: t`Accepted`, color: 'var(--series-sent)' },
          { key: 'delivered', label: t`Delivered`, color: 'var(--series-delivered)', dash: '7 3' },
          { key: 'read', label: t`Read`, color: 'var(--series-read)', dash: '2 3' },
          { key: 'replied', label: t`Replied`, color: 'var(--series-replied)', dash: '10 3 2 3' },
          { key: 'failed', label: t`Failed`, color: 'var(--mantine-color-error)', dash: '4 4' },
        ]}
      />
    </Card>
  );
}
