const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

/** A length of time in days, hours and minutes; what is nothing of it is left out. */
export function lasting(ms: number, locale: string): string {
  let left = Math.round(ms / 60_000) * 60_000;
  const parts: string[] = [];
  for (const [unit, length] of UNITS) {
    const n = Math.floor(left / length);
    left -= n * length;
    if (n > 0 || (unit === 'minute' && parts.length === 0))
      parts.push(new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(n));
  }
  return parts.join(' ');
}
