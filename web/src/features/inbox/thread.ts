import type { Schemas } from '~/api/client';

export type Message = Schemas['ConversationMessage'];

/** What is known of a conversation's messages, oldest first, without gaps. */
export interface Thread {
  messages: Message[];
  /** Cursor of the page before the oldest. */
  older: string | undefined;
}

/** Messages of both, each once and as the second has it. Ids grow with time. */
export function merge(known: readonly Message[], page: readonly Message[]): Message[] {
  const all = new Map(known.map((message) => [message.id, message]));
  for (const message of page) all.set(message.id, message);
  return [...all.values()].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

/** What stands in the log. Dividers belong to the message below them, so that a prepended page moves nothing. */
export interface Item<Pending> {
  key: string;
  /** The message begins a day. */
  day?: number | undefined;
  /** Nobody had seen this and what follows when the conversation was opened. */
  unseen: boolean;
  message?: Message;
  pending?: Pending;
}

/** The day of a time, in the viewer's zone. */
export function dayOf(at: number): string {
  const day = new Date(at);
  return `${day.getFullYear()}-${day.getMonth() + 1}-${day.getDate()}`;
}

/**
 * Messages, with a divider wherever the day changes, and at the end what is on its way to the server. Whether the oldest
 * message begins its day is not known before the page above it is there.
 */
export function itemsOf<Pending extends { key: string; at: number }>(
  { messages, older }: Thread,
  firstUnseen: string | undefined,
  pending: readonly Pending[],
): Item<Pending>[] {
  let day = older && messages[0] ? dayOf(messages[0].at) : '';
  const begins = (at: number): number | undefined => {
    if (dayOf(at) === day) return undefined;
    day = dayOf(at);
    return at;
  };
  return [
    ...messages.map((message) => ({
      key: message.id,
      day: begins(message.at),
      unseen: message.id === firstUnseen,
      message,
    })),
    ...pending.map((one) => ({ key: one.key, day: begins(one.at), unseen: false, pending: one })),
  ];
}

/** The oldest of the last `unread` messages from the person. */
export function firstUnseen(messages: readonly Message[], unread: number): string | undefined {
  if (unread <= 0) return undefined;
  const theirs = messages.filter((m) => m.direction === 'in');
  return theirs[Math.max(0, theirs.length - unread)]?.id;
}
