import { api } from '../api/client';
import { queryClient } from '../api/query';
import { people } from './people';

/** What live events tell about; also the first part of the query keys that they refresh. */
export const TOPICS = [
  'campaign',
  'conversation',
  'message',
  'import',
  'account',
  'callback',
  'template',
  'bulk',
  'profile',
] as const;
export type Topic = (typeof TOPICS)[number];
export interface LiveEvent {
  topic: Topic;
  data: Record<string, unknown> & { id?: string };
}
export type LiveState = 'connecting' | 'live' | 'reconnecting';

type Note = { kind: 'event'; event: LiveEvent } | { kind: 'state'; state: LiveState } | { kind: 'who' };

const events = new Set<(event: LiveEvent) => void>();
const states = new Set<() => void>();
let state: LiveState = 'connecting';
let started = false;
let leading = false;

export const liveState = () => state;
export function onState(listener: () => void): () => void {
  states.add(listener);
  return () => states.delete(listener);
}
export function onEvent(listener: (event: LiveEvent) => void): () => void {
  events.add(listener);
  return () => events.delete(listener);
}

/** How often what is on the screen is read anew while no events arrive. */
export const POLL_MS = 10_000;
let poll: ReturnType<typeof setInterval> | undefined;
let missed = false;

/** In place of events: of what they would tell, all that is on the screen is read by the clock. */
function pollWhile(silent: boolean): void {
  clearInterval(poll);
  poll = undefined;
  if (!silent) return;
  poll = setInterval(() => {
    missed = true;
    if (document.visibilityState === 'hidden') return;
    for (const topic of TOPICS) void queryClient.invalidateQueries({ queryKey: [topic] });
  }, POLL_MS);
}

function become(next: LiveState): void {
  if (next === state) return;
  // What happened while we did not hear is read anew.
  if (next === 'live' && (missed || state === 'reconnecting')) void queryClient.invalidateQueries();
  missed = false;
  state = next;
  pollWhile(next !== 'live');
  for (const tell of states) tell();
}

const waiting = new Map<Topic, () => void>();
let timer: ReturnType<typeof setTimeout> | undefined;

/** Refetches what is on the screen of a topic, at most twice a second. */
function refresh(
  topic: Topic,
  how: () => void = () => void queryClient.invalidateQueries({ queryKey: [topic] }),
): void {
  waiting.set(topic, how);
  if (timer !== undefined) return;
  timer = setTimeout(() => {
    timer = undefined;
    for (const one of waiting.values()) one();
    waiting.clear();
  }, 500);
}

function hear(event: LiveEvent): void {
  for (const tell of events) tell(event);
  if (event.topic === 'profile') refresh('profile', people(event.data));
  else refresh(event.topic);
}

function listen(channel: BroadcastChannel): Promise<never> {
  return new Promise(() => {
    let delay = 500;
    let lost = () => {};
    // A connection that the network left behind is not told of it, sometimes for minutes.
    window.addEventListener('offline', () => lost());
    const open = () => {
      const source = new EventSource('/api/v1/live');
      const say = (next: LiveState) => {
        become(next);
        channel.postMessage({ kind: 'state', state: next } satisfies Note);
      };
      source.addEventListener('hello', () => {
        delay = 500;
        say('live');
      });
      for (const topic of TOPICS) {
        source.addEventListener(topic, (e) => {
          const event = { topic, data: JSON.parse((e as MessageEvent<string>).data) } as LiveEvent;
          hear(event);
          channel.postMessage({ kind: 'event', event } satisfies Note);
        });
      }
      lost = () => {
        lost = () => {};
        say('reconnecting');
        source.close();
        // An event source does not say why it ended; when nobody is signed in any more, this answer does.
        void api.GET('/api/v1/session').catch(() => {});
        setTimeout(open, delay * (0.75 + Math.random() / 2));
        delay = Math.min(delay * 2, 10_000);
      };
      source.onerror = () => lost();
    };
    leading = true;
    open();
  });
}

/** One connection for all tabs of a browser: the tab that holds the lock listens and tells the others. */
export function startLive(): void {
  if (started) return;
  started = true;
  // A proxy may hold back events, and even the first word, without any error.
  pollWhile(true);
  const channel = new BroadcastChannel('harkara-live');
  channel.onmessage = ({ data }: MessageEvent<Note>) => {
    if (data.kind === 'event') hear(data.event);
    else if (data.kind === 'state') become(data.state);
    else if (leading) channel.postMessage({ kind: 'state', state } satisfies Note);
  };
  channel.postMessage({ kind: 'who' } satisfies Note);
  if (navigator.locks) void navigator.locks.request('harkara-live', () => listen(channel));
  else void listen(channel);
}
