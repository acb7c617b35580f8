/** States of a callback, as the server names them. */
export const STATES = ['new', 'waiting', 'unreadable', 'not_ours', 'applied'] as const;
export type CallbackState = (typeof STATES)[number];

export const isState = (value: unknown): value is CallbackState =>
  (STATES as readonly unknown[]).includes(value);

/** What the log of callbacks is narrowed to. */
export interface CallbackFilter {
  state?: CallbackState | undefined;
  account?: string | undefined;
}
