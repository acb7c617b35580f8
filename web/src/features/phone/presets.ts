import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import type { Config } from './handset';

/** How the demo's provider is at its start. */
export const HEALTHY = {
  latency_ms: 20,
  latency_jitter_ms: 0,
  report_delay_ms: 300,
  report_loss: 0,
  report_duplicates: 0,
  report_reorder: 0,
  limit_per_second: null,
} satisfies Partial<Config>;

interface Preset {
  key: string;
  label: MessageDescriptor;
  config: Partial<Config>;
  /** What becomes of messages to everybody. */
  everybody?: string;
}

export const PRESETS: readonly Preset[] = [
  { key: 'healthy', label: msg`Healthy`, config: {} },
  {
    key: 'slow',
    label: msg`Slow provider`,
    config: { latency_ms: 3_000, latency_jitter_ms: 2_000, report_delay_ms: 4_000 },
  },
  { key: 'lossy', label: msg`Half of the reports lost`, config: { report_loss: 0.5 } },
  {
    key: 'messy',
    label: msg`Reports twice and out of order`,
    config: { report_duplicates: 0.5, report_reorder: 0.5 },
  },
  // WhatsApp holds the number back: Meta's code for too many blocks and reports.
  { key: 'paused', label: msg`Number paused`, config: {}, everybody: 'failed:131048' },
  { key: 'tight', label: msg`Five messages a second`, config: { limit_per_second: 5 } },
];

/** The ending that all numbers have. */
export const EVERYBODY = '';

/** The switches for a preset. What is set for some numbers stays. */
export const switchesOf = ({ config, everybody }: Preset, now: Config): Partial<Config> => ({
  ...HEALTHY,
  ...config,
  fail_suffix: [
    ...now.fail_suffix.filter(([ending]) => ending !== EVERYBODY),
    ...(everybody ? [[EVERYBODY, everybody] as [string, string]] : []),
  ],
});

/** Which preset the switches stand at, if any. */
export function presetOf(config: Config): string | undefined {
  const same = (wanted: Partial<Config>) =>
    Object.entries(wanted).every(
      ([name, value]) => JSON.stringify(config[name as keyof Config]) === JSON.stringify(value),
    );
  return PRESETS.find((preset) => same(switchesOf(preset, config)))?.key;
}
