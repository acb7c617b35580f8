import { useLingui } from '@lingui/react/macro';
import type { Schemas } from '~/api/client';
import { StatusPill, type Tone } from '~/ui/StatusPill';

const TONES: Record<string, Tone> = { green: 'good', amber: 'warn', red: 'bad', grey: 'unsure' };

/** What a light is about. */
export function useLightNames(): Record<string, string> {
  const { t } = useLingui();
  return {
    credentials: t`Credentials`,
    reports: t`Delivery reports`,
    inbound: t`Inbound messages`,
    sending: t`Sending`,
  };
}

/** How a light stands, in a word. */
export function useLevelNames(): Record<string, string> {
  const { t } = useLingui();
  return { green: t`works`, amber: t`look at it`, red: t`does not work`, grey: t`not known yet` };
}

/** A light as icon and words. */
export function Light({ light }: { light: Schemas['AccountLight'] }) {
  const names = useLightNames();
  const levels = useLevelNames();
  return (
    <StatusPill tone={TONES[light.level] ?? 'unsure'}>
      {names[light.key] ?? light.key}: {levels[light.level] ?? light.level}
    </StatusPill>
  );
}
