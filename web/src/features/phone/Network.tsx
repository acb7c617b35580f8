import { Trans, useLingui } from '@lingui/react/macro';
import { Group, NumberInput, Slider, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import type { Config } from './handset';

interface Props {
  config: Config;
  change: (part: Partial<Config>) => void;
}
type Share = 'report_loss' | 'report_duplicates' | 'report_reorder' | 'read_rate';
type Delay = 'latency_ms' | 'latency_jitter_ms' | 'report_delay_ms';

/** Delays, and what becomes of reports. */
export function Network({ config, change }: Props) {
  const { t } = useLingui();
  const delays: [Delay, string][] = [
    ['latency_ms', t`Answer after`],
    ['latency_jitter_ms', t`Up to so much later`],
    ['report_delay_ms', t`Reports after`],
  ];
  const shares: [Share, string][] = [
    ['report_loss', t`Reports that get lost`],
    ['report_duplicates', t`Reports that come twice`],
    ['report_reorder', t`Reports out of order`],
    ['read_rate', t`Messages read without this phone`],
  ];
  return (
    <section aria-labelledby="sim-network">
      <Title order={3} size="h6" id="sim-network" mb={6}>
        <Trans>Delays and reports</Trans>
      </Title>
      <Stack gap="sm">
        <Group grow align="flex-end" gap="xs">
          {delays.map(([name, label]) => (
            <Held
              key={`${name} ${config[name]}`}
              label={label}
              value={config[name]}
              onSet={(value) => change({ [name]: value })}
            />
          ))}
        </Group>
        {shares.map(([name, label]) => (
          <ShareSlider
            key={`${name} ${config[name]}`}
            label={label}
            value={config[name]}
            onSet={(value) => change({ [name]: value })}
          />
        ))}
      </Stack>
    </section>
  );
}

function Held({ label, value, onSet }: { label: string; value: number; onSet: (value: number) => void }) {
  const { t } = useLingui();
  const [shown, setShown] = useState<number | string>(value);
  return (
    <NumberInput
      size="xs"
      label={label}
      suffix={t` ms`}
      min={0}
      max={60_000}
      step={100}
      allowDecimal={false}
      value={shown}
      onChange={setShown}
      onBlur={() => typeof shown === 'number' && shown !== value && onSet(shown)}
      onKeyDown={(e) => e.key === 'Enter' && e.currentTarget.blur()}
    />
  );
}

function ShareSlider({
  label,
  value,
  onSet,
}: {
  label: string;
  value: number;
  onSet: (value: number) => void;
}) {
  const [shown, setShown] = useState(Math.round(value * 100));
  return (
    <div>
      <Group justify="space-between">
        <Text size="xs" fw={500}>
          {label}
        </Text>
        <Text size="xs" c="dimmed">
          {shown} %
        </Text>
      </Group>
      <Slider
        size="sm"
        min={0}
        max={100}
        step={5}
        label={null}
        thumbLabel={label}
        value={shown}
        onChange={setShown}
        onChangeEnd={(end) => onSet(end / 100)}
      />
    </div>
  );
}
