/** Milliseconds that the clocks of a zone are ahead of UTC at a moment. */
function ahead(at: number, zone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at);
  const n = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((p) => p.type === type)?.value);
  const there = Date.UTC(n('year'), n('month') - 1, n('day'), n('hour'), n('minute'), n('second'));
  return there - Math.floor(at / 1000) * 1000;
}

/**
 * The moment when the clocks of a zone show a time such as `2026-12-24 18:00`. A time that clocks jump over becomes the one
 * after the jump, a time that comes twice the first of the two. `undefined` when it is no time.
 */
export function momentIn(wall: string, zone: string): number | undefined {
  const found = /^(\d{4})-(\d{2})-(\d{2})[ T](\d{2}):(\d{2})/.exec(wall);
  if (!found) return undefined;
  const [, year, month, day, hour, minute] = found.map(Number);
  const utc = Date.UTC(year ?? 0, (month ?? 1) - 1, day ?? 1, hour ?? 0, minute ?? 0);
  if (Number.isNaN(utc)) return undefined;
  // The offsets before and after whatever change there may be near this time.
  const before = utc - ahead(utc - 24 * 3_600_000, zone);
  const after = utc - ahead(utc + 24 * 3_600_000, zone);
  const right = [before, after].filter((at) => at + ahead(at, zone) === utc);
  return right.length > 0 ? Math.min(...right) : Math.max(before, after);
}

/** What the clocks of a zone show at a moment, as `2026-12-24 18:00`. */
export function wallIn(at: number, zone: string): string {
  return new Date(at + ahead(at, zone)).toISOString().slice(0, 16).replace('T', ' ');
}

/** When the day of a moment began in a zone, also where clocks jump at midnight. */
export const dayBegan = (at: number, zone: string): number =>
  momentIn(`${wallIn(at, zone).slice(0, 10)} 00:00`, zone) ?? at;

/** All zones that this browser knows, the given one first. */
export function zones(first: string): string[] {
  const all = Intl.supportedValuesOf('timeZone');
  return [first, ...new Set([...all, 'UTC'])].filter((zone, i) => i === 0 || zone !== first);
}
