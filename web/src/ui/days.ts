/** A day of an address, such as `2026-11-26`; anything else is none. */
export const readDay = (value: unknown): string | undefined =>
  typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value))
    ? value
    : undefined;

function start(day: string, plus: number): number {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date + plus).getTime();
}

/** Days in the viewer's zone as the moments between them; the last day is meant whole. */
export const span = ({ from, to }: { from?: string | undefined; to?: string | undefined }) => ({
  since: from ? start(from, 0) : undefined,
  until: to ? start(to, 1) : undefined,
});
