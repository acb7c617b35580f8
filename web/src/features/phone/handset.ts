import { ApiProblem, problemOf, type Schemas } from '~/api/client';
import { learnClock } from '~/api/clock';
import type { Exchange } from './wire';

/** The simulator's word for what happened to a message, as bits. */
export const HAPPENED = { sent: 1, delivered: 2, read: 4, failed: 8 } as const;

export interface Customer {
  /** Digits. */
  customer: string;
  name?: string | null;
  /** Words of the last message. */
  last?: string | null;
  at?: number | null;
}

export interface HandsetButton {
  kind: 'quick_reply' | 'reply' | 'url' | 'phone' | 'copy';
  text: string;
  value: string;
}
export type HandsetHeader =
  | { kind: 'text'; text: string }
  | { kind: 'media'; media: string; url: string; filename?: string }
  | { kind: 'location'; latitude: string; longitude: string; name: string; address: string };

export interface HandsetContent {
  header?: HandsetHeader;
  body: string;
  footer?: string;
  buttons?: HandsetButton[];
  menu?: {
    button: string;
    sections: { title: string; rows: { id: string; title: string; description?: string }[] }[];
  };
}

/** A message on a phone. What the person wrote has no `id`. */
export interface HandsetMessage {
  n: number;
  at: number;
  content: HandsetContent;
  quoted?: string;
  /** The provider's id. */
  id?: string;
  happened?: number;
  problem?: string;
}

export interface Chat {
  customer: string;
  name?: string | null;
  messages: HandsetMessage[];
}

/** What a person can send; kinds of files without `media` are samples. */
export interface Written {
  customer: string;
  name?: string;
  type?: string;
  text?: string;
  payload?: string;
  id?: string;
  title?: string;
  description?: string;
  media?: string;
  latitude?: number;
  longitude?: number;
  place?: string;
  address?: string;
  reply_to?: string;
  /** Milliseconds since 1970 UTC, when it was written in the past. */
  timestamp?: number;
}

const offline = () =>
  new ApiProblem({ status: 0, code: 'offline', detail: 'The server cannot be reached.', help: '' });

/** What is asked here goes to the simulator, whose bodies are its own and not described by our API. */
async function call<T>(method: string, path: string, sent?: unknown, type = 'application/json'): Promise<T> {
  const headers: Record<string, string> = { 'x-harkara': '1' };
  if (sent !== undefined) headers['content-type'] = type;
  const body = sent === undefined ? null : sent instanceof Blob ? sent : JSON.stringify(sent);
  const response = await fetch(`/api/v1/handset/${path}`, { method, headers, body }).catch(() => {
    throw offline();
  });
  learnClock(response);
  if (!response.ok) throw await problemOf(response);
  return (await response.json()) as T;
}

export const handset = {
  customers: (q: string) =>
    call<{ number: string; customers: Customer[] }>(
      'GET',
      `customers${q ? `?q=${encodeURIComponent(q)}` : ''}`,
    ),
  chat: (customer: string) => call<Chat>('GET', `customers/${encodeURIComponent(customer)}`),
  write: (written: Written) => call<unknown>('POST', 'inbound', written),
  read: (customer: string) => call<{ read: number }>('POST', 'read', { customer }),
  click: (id: string, button: number) => call<{ posted: boolean }>('POST', 'click', { id, button }),
  upload: (file: File) =>
    call<{ media: string }>('POST', 'media', file, file.type || 'application/octet-stream'),
  config: () => call<Config>('GET', 'config'),
  configure: (change: Partial<Config>) => call<Config>('POST', 'config', change),
  fail: (failure: { next: number; kind: string } | { suffix: string; kind: string }) =>
    call<unknown>('POST', 'fail', failure),
  wire: (before: number | undefined, limit: number) =>
    call<{ kept: number; exchanges: Exchange[] }>(
      'GET',
      `wire?limit=${limit}${before === undefined ? '' : `&before=${before}`}`,
    ),
  heal: () => call<unknown>('DELETE', 'fail'),
  clock: (customer: string | undefined) =>
    call<Schemas['DemoTime']>(
      'GET',
      `clock${customer === undefined ? '' : `?customer=${encodeURIComponent(customer)}`}`,
    ),
  move: (how: { forward_ms: number } | { to_window_of: string }) =>
    call<Schemas['DemoTime']>('POST', 'clock', how),
  crowds: () => call<Schemas['DemoCrowds']>('GET', 'crowds'),
  gather: (wish: Schemas['DemoCrowdWish']) => call<Schemas['DemoCrowdMade']>('POST', 'crowds', wish),
};

/** The switches of the simulator that the drawer shows. Rates are shares from 0 to 1, times milliseconds. */
export interface Config {
  latency_ms: number;
  latency_jitter_ms: number;
  report_delay_ms: number;
  report_loss: number;
  report_duplicates: number;
  report_reorder: number;
  read_rate: number;
  limit_per_second: number | null;
  fail_suffix: [string, string][];
}
