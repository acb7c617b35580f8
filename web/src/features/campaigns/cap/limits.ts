import type { CapLimit } from './queries';

/** A limit while it is typed: an empty field is no number. */
export interface TypedLimit {
  key: number;
  messages: number | string;
  days: number | string;
}

/** Limits at most, as the server has it. */
export const MOST_LIMITS = 3;
const PROPOSALS: CapLimit[] = [
  { messages: 1, days: 1 },
  { messages: 3, days: 7 },
  { messages: 8, days: 30 },
];

export const typed = (limits: readonly CapLimit[]): TypedLimit[] =>
  limits.map((limit, key) => ({ key, ...limit }));

/** One more, for a span that has none yet. */
export function withOneMore(limits: readonly TypedLimit[]): TypedLimit[] {
  const key = 1 + Math.max(-1, ...limits.map((limit) => limit.key));
  const free = PROPOSALS.find(({ days }) => !limits.some((limit) => limit.days === days));
  return [...limits, { key, ...(free ?? { messages: 1, days: 1 }) }];
}

/** What is sent; nothing while a field is empty. */
export function asLimits(limits: readonly TypedLimit[]): CapLimit[] | undefined {
  const all = limits.map(({ messages, days }) => ({ messages: Number(messages), days: Number(days) }));
  return all.every(({ messages, days }) => messages >= 1 && days >= 1) ? all : undefined;
}

/** Whether both say the same, in any order. */
export const isSame = (a: readonly CapLimit[] | undefined, b: readonly CapLimit[]): boolean =>
  a !== undefined && inOrder(a) === inOrder(b);

const inOrder = (limits: readonly CapLimit[]) =>
  limits
    .map(({ messages, days }) => `${messages}/${days}`)
    .sort()
    .join();
