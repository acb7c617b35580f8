/** States of a callback, as the server names them. */
export const STATES = ['new', 'waiting', 'unreadable', 'not_ours', 'applied'] as const;
export type CallbackState = (typeof STATES)[number];

export const isState = (value: unknown): value is CallbackState =>
  (STATES as readonly unknown[]).includes(value);

/** What both logs are narrowed to. Days are `2026-11-26`, in the viewer's zone. */
export interface LogFilter {
  /** A phone number, or the id of a message, ours or the provider's. */
  about?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

/** What the log of callbacks is narrowed to. */
export interface CallbackFilter extends LogFilter {
  state?: CallbackState | undefined;
  account?: string | undefined;
}

/** Outcomes of an attempt to send, as the server names them; `failed` is all but `accepted`. */
export const OUTCOMES = [
  'failed',
  'accepted',
  'config',
  'auth',
  'invalid',
  'window_closed',
  'opted_out',
  'throttled',
  'capped',
  'unavailable',
  'rejected',
  'unknown',
] as const;
export type Outcome = (typeof OUTCOMES)[number];

export const isOutcome = (value: unknown): value is Outcome =>
  (OUTCOMES as readonly unknown[]).includes(value);

/** What the log of attempts is narrowed to. */
export interface AttemptFilter extends LogFilter {
  outcome?: Outcome | undefined;
  account?: string | undefined;
}
