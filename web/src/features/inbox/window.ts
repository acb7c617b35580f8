const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** How much is left of the 24 hours after a person's last message. */
export type WindowState = 'open' | 'soon' | 'last' | 'closed';

export function windowState(closesAt: number, now: number): WindowState {
  const left = closesAt - now;
  if (left <= 0) return 'closed';
  if (left < 30 * MINUTE) return 'last';
  return left < 4 * HOUR ? 'soon' : 'open';
}

/** What is left in hours and minutes, rounded up so that "0 min" is never said of an open window. */
export function timeLeft(closesAt: number, now: number): { hours: number; minutes: number } {
  const minutes = Math.max(0, Math.ceil((closesAt - now) / MINUTE));
  return { hours: Math.floor(minutes / 60), minutes: minutes % 60 };
}
