import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, body, once, type Schemas } from '~/api/client';
import { serverNow } from '~/api/clock';
import { usePages } from '~/api/pages';
import { useCan } from '~/api/session';
import { useLive } from '~/live/hooks';
import type { Uploaded } from '~/ui/files';
import { outbox, type Pending } from './outbox';
import { merge, type Thread } from './thread';

export type Conversation = Schemas['Conversation'];
/** Which conversations: unread, or those of people who wait for an answer. */
export type Which = 'all' | 'unread' | 'waiting';
const THREAD_PAGE = 50;

/** Conversations, the liveliest first. */
export const useConversations = (filter: { which: Which; phone: string | undefined }) =>
  usePages<Conversation>(['conversation', 'list', filter], async (cursor) => {
    const query = filter.phone
      ? { phone: filter.phone }
      : { limit: 50, ...(filter.which === 'all' ? {} : { [filter.which]: true }), cursor };
    return body(api.GET('/api/v1/conversations', { params: { query } }));
  });

export const useConversation = (id: string) =>
  useQuery({
    queryKey: ['conversation', 'one', id],
    queryFn: () => body(api.GET('/api/v1/conversations/{id}', { params: { path: { id } } })),
  });

/** The messages of a conversation. Live events read the newest page only; older ones are read while scrolling. */
export function useThread(id: string) {
  const client = useQueryClient();
  const key = ['message', 'thread', id];
  const page = async (cursor: string | undefined, limit = THREAD_PAGE) =>
    body(
      api.GET('/api/v1/conversations/{id}/messages', {
        params: { path: { id }, query: { limit, ...(cursor ? { cursor } : {}) } },
      }),
    );
  const thread = useQuery({
    queryKey: key,
    queryFn: async (): Promise<Thread> => {
      const known = new Set(client.getQueryData<Thread>(key)?.messages.map((m) => m.id));
      const read: Thread['messages'] = [];
      let cursor: string | undefined;
      let meets = known.size === 0;
      for (let pages = 0; pages < 10; pages += 1) {
        const next = await page(cursor);
        read.push(...next.data);
        cursor = next.next_cursor ?? undefined;
        meets ||= next.data.some((m) => known.has(m.id));
        if (meets || !cursor) break;
      }
      const before = client.getQueryData<Thread>(key);
      const goesOn = meets && before !== undefined;
      const messages = merge(goesOn ? before.messages : [], read);
      outbox.arrived(new Set(messages.map((m) => m.id)));
      return { messages, older: goesOn ? before.older : cursor };
    },
  });
  const [fetching, setFetching] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const fetchOlder = async (limit?: number) => {
    const older = client.getQueryData<Thread>(key)?.older;
    if (!older || fetching) return;
    setFetching(true);
    setProblem(undefined);
    try {
      const next = await page(older, limit);
      client.setQueryData<Thread>(
        key,
        (now) => now && { messages: merge(now.messages, next.data), older: next.next_cursor ?? undefined },
      );
    } catch (error) {
      setProblem(error);
    } finally {
      setFetching(false);
    }
  };
  useLive(({ topic, data }) => {
    if (topic === 'conversation' && data.id === id) void client.invalidateQueries({ queryKey: key });
  });
  return { ...thread, older: { fetch: fetchOlder, fetching, problem } };
}

/** Sends what is in the outbox, or tries again; the thread shows it once the server has it. */
export function useSend() {
  const client = useQueryClient();
  return async (pending: Pending): Promise<boolean> => {
    outbox.update(pending.key, { problem: undefined });
    try {
      const queued = await body(
        api.POST('/api/v1/conversations/{id}/messages', {
          params: { path: { id: pending.conversation } },
          headers: { 'Idempotency-Key': pending.key },
          body: pending.answer,
          // It is shown as sent: it goes out also when the page is closed the next moment.
          keepalive: true,
        }),
      );
      outbox.update(pending.key, { id: queued.message_id });
      if (queued.waits) outbox.wait(queued.message_id, queued.waits);
      void client.invalidateQueries({ queryKey: ['message', 'thread', pending.conversation] });
      void client.invalidateQueries({ queryKey: ['conversation'] });
      return true;
    } catch (problem) {
      outbox.update(pending.key, { problem });
      void client.invalidateQueries({ queryKey: ['conversation', 'one', pending.conversation] });
      return false;
    }
  };
}

/** Free-form text. Contents are open objects in the API's description. */
export const textAnswer = (text: string): Schemas['Answer'] => ({
  content: { type: 'text', body: text } as unknown as Record<string, never>,
});

/** An uploaded file, with words where WhatsApp shows any. */
export const fileAnswer = (file: Uploaded, caption: string): Schemas['Answer'] => ({
  content: {
    type: 'media',
    kind: file.kind,
    url: file.url,
    ...(caption === '' ? {} : { caption }),
    ...(file.kind === 'document' ? { filename: file.name } : {}),
  } as unknown as Record<string, never>,
});

/** A new answer, shown at once. */
export function newPending(
  conversation: string,
  text: string,
  answer: Schemas['Answer'],
  more: Pick<Pending, 'template' | 'attached'> = {},
): Pending {
  const { 'Idempotency-Key': key } = once();
  const pending: Pending = { key, conversation, at: serverNow(), text, answer, ...more };
  outbox.add(pending);
  return pending;
}

/** Notes that somebody looked. */
export function useMarkRead() {
  const client = useQueryClient();
  const can = useCan();
  return async (id: string) => {
    if (!can('inbox.reply')) return;
    await api.POST('/api/v1/conversations/{id}/read', { params: { path: { id } } });
    void client.invalidateQueries({ queryKey: ['conversation'] });
  };
}

/** The account and the number that answers leave from, and what its provider takes. */
export function useSender(numberId: string | undefined) {
  const can = useCan();
  const accounts = useQuery({
    queryKey: ['account', 'senders'],
    queryFn: () => body(api.GET('/api/v1/accounts', { params: { query: { limit: 500 } } })),
    enabled: can('accounts.read'),
    staleTime: 60_000,
  });
  const providers = useQuery({
    queryKey: ['provider'],
    queryFn: () => body(api.GET('/api/v1/providers')),
    enabled: can('accounts.read'),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const account = accounts.data?.data.find((a) => a.numbers.some((n) => n.id === numberId));
  const number = account?.numbers.find((n) => n.id === numberId);
  const provider = providers.data?.data.find((p) => p.id === account?.provider);
  return {
    account,
    number,
    limit: provider?.limits.text ?? 4096,
    caption: provider?.limits.caption ?? 1024,
    can: (capability: string) => provider?.capabilities.some((known) => known === capability) ?? true,
  };
}
