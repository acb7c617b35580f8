/** Where a campaign stood at a moment of the server's clock. */
export interface Sample {
  at: number;
  done: number;
}

const WINDOW = 15_000;

/** When so many messages would be through, outside of what is not open; `left`: those whom the last span does not reach. */
export function finishAt(
  spans: readonly { from: number; to?: number | null | undefined }[],
  start: number,
  messages: number,
  perSecond: number,
): { at: number; left: number } {
  let left = messages;
  let at = start;
  for (const { from, to } of spans) {
    at = Math.max(at, from);
    const ends = at + (left / perSecond) * 1000;
    if (to == null || ends <= to) return { at: ends, left: 0 };
    left -= Math.max(0, Math.floor(((to - at) / 1000) * perSecond));
    at = Math.max(at, to);
  }
  return { at, left };
}

/** Adds what was just heard, and forgets what is old. */
export function heard(samples: readonly Sample[], next: Sample): Sample[] {
  const last = samples.at(-1);
  if (last && next.at <= last.at) return [...samples];
  return [...samples.filter((s) => next.at - s.at <= WINDOW), next];
}

/** Messages a second lately; nothing while it is too early to say. */
export function pace(samples: readonly Sample[]): number | undefined {
  const first = samples[0];
  const last = samples.at(-1);
  if (!first || !last || last.at - first.at < 2_000) return undefined;
  return ((last.done - first.done) * 1000) / (last.at - first.at);
}

/** Messages a second that will leave at most, and what holds them there. */
export function ceiling(limits: {
  numbers: readonly number[];
  account?: number | undefined;
  own?: number | null | undefined;
}): { perSecond: number; by: 'numbers' | 'account' | 'own' } {
  const numbers = limits.numbers.reduce((sum, n) => sum + n, 0);
  let least: { perSecond: number; by: 'numbers' | 'account' | 'own' } = { perSecond: numbers, by: 'numbers' };
  if (limits.account !== undefined && limits.account < least.perSecond)
    least = { perSecond: limits.account, by: 'account' };
  if (limits.own && limits.own < least.perSecond) least = { perSecond: limits.own, by: 'own' };
  return least;
}
