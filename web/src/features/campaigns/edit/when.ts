import { useLocalStorage } from '@mantine/hooks';
import type { Schemas } from '~/api/client';
import { viewerZone } from '~/ui/format';
import { momentIn, wallIn } from '~/ui/zone';

/** When a draft is to be launched. The server hears it at the launch; until then this browser keeps it. */
export interface When {
  mode: 'now' | 'at';
  /** What the clocks of the zone show then: `2026-12-24 18:00`. */
  wall: string;
  zone: string;
}

const HOUR = 3_600_000;

/** Tomorrow's same hour, as a first proposal. */
function proposal(): When {
  const zone = viewerZone();
  const next = Math.ceil((Date.now() + 23 * HOUR) / HOUR) * HOUR;
  return { mode: 'now', wall: wallIn(next, zone), zone };
}

export const useWhen = (id: string) =>
  useLocalStorage<When>({
    key: `harkara.when.${id}`,
    defaultValue: proposal(),
    getInitialValueInEffect: false,
  });

/** The moment that was chosen; `undefined` for now, and for what is no time. */
export const momentOf = (when: When): number | undefined =>
  when.mode === 'at' ? momentIn(when.wall, when.zone) : undefined;

const DAY = 24 * HOUR;

/** People whom its numbers may begin to write to in 24 hours, and how many of them are left when it starts. */
export function dailyOf(
  known: Pick<Schemas['Preflight'], 'daily_limit' | 'daily_left'> | undefined,
  start: number | undefined,
  now: number,
): { limit: number; left: number } | undefined {
  const { daily_limit: limit, daily_left: left } = known ?? {};
  if (limit == null || left == null) return undefined;
  // What left today no longer counts then.
  const later = start !== undefined && start >= now + DAY;
  return { limit, left: later ? limit : left };
}
