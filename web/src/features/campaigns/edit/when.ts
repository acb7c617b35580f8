import type { Schemas } from '~/api/client';
import { serverNow } from '~/api/clock';
import { DAYS } from '~/features/accounts/autoReply';
import { viewerZone } from '~/ui/format';
import { momentIn, wallIn } from '~/ui/zone';
import type { PlannedStart, QuietHours } from '../queries';

const HOUR = 3_600_000;

/** Tomorrow's same hour, as a first proposal. */
export function proposal(now = serverNow(), zone = viewerZone()): PlannedStart {
  const next = Math.ceil((now + 23 * HOUR) / HOUR) * HOUR;
  return { local: wallIn(next, zone).replace(' ', 'T'), zone };
}

/** The moment that is planned; `undefined` for none, and for what is no time. */
export const momentOf = (starts: PlannedStart | null | undefined): number | undefined =>
  starts && /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(starts.local)
    ? momentIn(starts.local, starts.zone)
    : undefined;

/** A plan that is not finished: the server takes no other. */
export const isHalfPlanned = (starts: PlannedStart | null | undefined): boolean =>
  Boolean(starts) && momentOf(starts) === undefined;

/** Hours with a time that is not filled in. */
export const isHalfQuiet = (quiet: QuietHours | null | undefined): boolean =>
  DAYS.some((day) => quiet?.days[day]?.some(({ from, to }) => from === '' || to === ''));

const NIGHT = { from: '21:00', to: '09:00', next_day: true };

/** Nights, as a first proposal. */
export const nights = (zone = viewerZone()): QuietHours => ({
  zone,
  days: Object.fromEntries(DAYS.map((day) => [day, [NIGHT]])) as QuietHours['days'],
});

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
