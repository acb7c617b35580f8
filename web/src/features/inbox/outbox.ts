import { useSyncExternalStore } from 'react';
import type { Schemas } from '~/api/client';
import type { Uploaded } from '~/ui/files';

/** An answer between the press of "Send" and the moment when the server shows it in the thread. */
export interface Pending {
  /** Also the key that makes a repeated request happen once. */
  key: string;
  conversation: string;
  at: number;
  /** What was written; a template has its own words. */
  text: string;
  template?: string | undefined;
  /** The file that goes with it. */
  attached?: Uploaded | undefined;
  /** What is asked of the server. */
  answer: Schemas['Answer'];
  /** The server's id, once it took the message. */
  id?: string | undefined;
  problem?: unknown;
}

let all: readonly Pending[] = [];
/** Why a queued message waits, by its id, as the server said when it took it. */
let waits: Readonly<Record<string, string>> = {};
const listeners = new Set<() => void>();

function change(next: readonly Pending[]): void {
  all = next;
  for (const tell of listeners) tell();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const outbox = {
  add: (pending: Pending) => change([...all, pending]),
  update: (key: string, part: Partial<Pending>) =>
    change(all.map((one) => (one.key === key ? { ...one, ...part } : one))),
  remove: (key: string) => change(all.filter((one) => one.key !== key)),
  /** Takes out what the thread shows by now. */
  arrived: (ids: ReadonlySet<string>) => {
    if (all.some((one) => one.id && ids.has(one.id))) {
      change(all.filter((one) => !(one.id && ids.has(one.id))));
    }
  },
  wait: (id: string, reason: string) => {
    waits = { ...waits, [id]: reason };
    for (const tell of listeners) tell();
  },
};

/** What is on its way, of all conversations. */
export const useOutbox = () => useSyncExternalStore(subscribe, () => all);

/** Why a message waits, if the server said so. */
export const useWaits = (id: string): string | undefined => useSyncExternalStore(subscribe, () => waits[id]);
