import { QueryClient } from '@tanstack/react-query';
import { ApiProblem, type Schemas } from '~/api/client';
import { sessionQuery } from '~/api/session';
import type { Pages } from '~/ui/DataTable';

/** What the parts would ask the server for, so that the page needs none. */
export function kitClient(): QueryClient {
  const client = new QueryClient({
    defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY, retry: false } },
  });
  const told = (key: readonly unknown[], data: unknown) => client.setQueryData(key, data);
  told(sessionQuery.queryKey, { permissions: ['files.write', 'profiles.read'], user: { name: 'Meera' } });
  told(['file', 'rules'], {
    kinds: [
      { kind: 'image', bytes: 5 << 20, types: ['image/jpeg', 'image/png'], endings: ['jpg', 'jpeg', 'png'] },
      { kind: 'document', bytes: 100 << 20, types: ['application/pdf'], endings: ['pdf'] },
    ],
    unreachable: 'Providers cannot fetch files from 127.0.0.1: only this machine knows that address.',
  });
  told(['profile', 'pick', '', 20], { data: PEOPLE });
  told(['profile', 'lists'], { data: [{ id: 'lst_1', name: 'VIP', size: 3 }] });
  told(['profile', 'attributes'], { data: [{ name: 'city' }, { name: 'points' }] });
  told(
    ['saved-view', 'profiles'],
    [
      { id: 'viw_1', page: 'profiles', name: 'Said stop', query: '?consent=opted_out' },
      { id: 'viw_2', page: 'profiles', name: 'ग्राहक पुणे', query: '?q=pune' },
    ],
  );
  for (const [id, message] of Object.entries(MESSAGES)) told(['message', 'one', id], message);
  return client;
}

const PEOPLE = ['Asha Kulkarni', 'Ravi Iyer'].map((name, n) => ({
  id: `pro_${n}`,
  identity: `C-${n}`,
  name,
  phone: `+919999900${100 + n}`,
  consent: 'opted_in',
  attributes: {},
}));

const AT = Date.UTC(2026, 10, 26, 9, 30);
const moment = (what: string, after: number) => ({ what, at: AT + after * 1_000 });
export const MESSAGES = {
  msg_read: {
    state: 'read',
    next: 'Nothing to do: the person has seen it.',
    timeline: [moment('accepted', 1), moment('delivered', 3), moment('read', 60)],
  },
  msg_failed: {
    state: 'failed',
    next: 'The number is not on WhatsApp. Ask for another one.',
    timeline: [
      { ...moment('accepted', 1), request: 'POST /send\nto=919999900100', answer: '{"status":"ok"}' },
      moment('failed', 9),
    ],
  },
  // What is unknown or on its way is asked for again and again, which needs a server.
  msg_skipped: { state: 'skipped', next: 'The person opted out before it left.', timeline: [] },
};

/** A refusal with a wrong field. */
export const refusal = new ApiProblem({
  status: 422,
  code: 'invalid',
  detail: 'One field is not right.',
  help: 'Mend what is named and send it again; nothing was changed.',
  errors: [{ pointer: '/phone', code: 'phone_invalid', detail: 'Write the number with its country.' }],
});

/** Nobody answers. */
export const silence = new ApiProblem({
  status: 0,
  code: 'offline',
  detail: 'The server cannot be reached.',
  help: '',
});

export interface Line {
  id: string;
  name: string;
  state: Schemas['Import']['state'];
  rows: number;
}

const LINES: Line[] = [
  { id: 'a', name: 'diwali-2026.csv', state: 'finished', rows: 12_840 },
  { id: 'b', name: 'ग्राहक.csv', state: 'running', rows: 120 },
  { id: 'c', name: 'a-file-with-a-rather-long-name-of-last-year.csv', state: 'failed', rows: 0 },
];

/** A listing in one of the states that it can be in. */
export function listing(state: 'rows' | 'loading' | 'empty' | 'failed' | 'more failed'): Pages<Line> {
  const rows = state === 'rows' || state === 'more failed' ? LINES : [];
  const there = state !== 'loading' && state !== 'failed';
  const wrong = state === 'failed' || state === 'more failed';
  const part = {
    data: there ? { pages: [{ data: rows }], pageParams: [undefined] } : undefined,
    error: wrong ? silence : null,
    isPending: state === 'loading',
    isError: wrong,
    isFetching: state === 'loading',
    isSuccess: there && !wrong,
    hasNextPage: state === 'more failed',
    isFetchingNextPage: false,
    isFetchNextPageError: state === 'more failed',
    fetchNextPage: async () => {},
    refetch: async () => {},
  };
  // As much of it as a table looks at.
  return part as unknown as Pages<Line>;
}
