/** A round number that is not less, a few times a power of ten and whole; its half is round too. */
export function roundUp(n: number): number {
  if (n <= 4) return 4;
  const power = 10 ** Math.floor(Math.log10(n));
  const factor = [1, 2, 2.5, 4, 5, 6, 8, 10].find((f) => f * power >= n) ?? 10;
  return Math.ceil(factor * power);
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
const APART = [
  10 * SECOND,
  30 * SECOND,
  MINUTE,
  2 * MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  6 * HOUR,
  12 * HOUR,
  DAY,
  2 * DAY,
  7 * DAY,
];

/** Round times of the day between two moments, at most `most`, and how far they are apart, all in milliseconds. */
export function roundTimes(from: number, to: number, most: number): { apart: number; at: number[] } {
  const apart = APART.find((a) => (to - from) / a <= most) ?? Math.ceil((to - from) / most / DAY) * DAY;
  const zone = new Date(from).getTimezoneOffset() * MINUTE;
  const at: number[] = [];
  for (let time = Math.ceil((from - zone) / apart) * apart + zone; time <= to; time += apart) at.push(time);
  return { apart, at };
}
