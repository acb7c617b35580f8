import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useSyncExternalStore } from 'react';
import { ApiProblem, api, body, type Schemas } from '~/api/client';
import { useCan, useSession } from '~/api/session';
import type { Page } from '~/ui/DataTable';
import { type Copy, Keeper, type Wire } from './draftKeeper';

/** It is too long, the conversation is gone, or one may not answer any more. */
const REFUSED = [400, 403, 404, 413, 422];

const keyOf = (user: string, conversation: string) => `harkara.draft.${user}.${conversation}`;

/** What this browser keeps of a draft; private windows of some keep nothing. */
function copyOf(key: string, conversation: string): Pick<Wire, 'copy' | 'keep'> {
  // A dashboard of before kept the bare text, whoever wrote it.
  const before = `harkara.draft.${conversation}`;
  return {
    copy: () => {
      try {
        const text = localStorage.getItem(key);
        if (text !== null) return JSON.parse(text) as Copy;
        const old = localStorage.getItem(before);
        return old === null ? undefined : { text: old };
      } catch {
        return undefined;
      }
    },
    keep: (copy) => {
      try {
        if (copy) localStorage.setItem(key, JSON.stringify(copy));
        else localStorage.removeItem(key);
        localStorage.removeItem(before);
        return true;
      } catch {
        return false;
      }
    },
  };
}

/** Those with something on its way, also when their conversation is not on the screen. */
const keepers = new Map<string, Keeper>();

function keeperOf(key: string, make: () => Keeper): Keeper {
  for (const [other, keeper] of keepers) if (other !== key && keeper.idle) keepers.delete(other);
  const keeper = keepers.get(key) ?? make();
  keepers.set(key, keeper);
  return keeper;
}

/** One's own draft of an answer, on the server and until it is there in this browser. */
export function useDraft(conversation: string) {
  const client = useQueryClient();
  const user = useSession().user.id;
  const mine = useCan()('inbox.reply');
  const key = keyOf(user, conversation);
  const keeper = useMemo(() => {
    const path = { params: { path: { id: conversation } } };
    return keeperOf(
      key,
      () =>
        new Keeper({
          ...copyOf(key, conversation),
          read: () => body(api.GET('/api/v1/conversations/{id}/draft', path)),
          write: (text, since) =>
            body(
              api.PUT('/api/v1/conversations/{id}/draft', {
                ...path,
                body: { text, ...(since === undefined ? {} : { since }) },
                // It arrives also when the page is closed the next moment. Browsers send no more than 64 kB so; what is
                // longer is refused with words.
                keepalive: text.length <= 15_000,
              }),
            ),
          isConflict: (error) => error instanceof ApiProblem && error.code === 'draft_changed',
          isRefusal: (error) => error instanceof ApiProblem && REFUSED.includes(error.status),
          saved: ({ text }) => {
            type Pages = { pages: Page<Schemas['Conversation']>[] };
            const draft = text === '' ? null : text.slice(0, 400);
            client.setQueriesData<Pages>(
              { queryKey: ['conversation', 'list'] },
              (now) =>
                now && {
                  ...now,
                  pages: now.pages.map((page) => ({
                    ...page,
                    data: page.data.map((one) => (one.id === conversation ? { ...one, draft } : one)),
                  })),
                },
            );
          },
        }),
    );
  }, [key, conversation, client]);
  const writing = useSyncExternalStore(keeper.subscribe, keeper.now);

  useEffect(() => {
    if (!mine) return;
    const load = () => void keeper.load();
    const look = () => (document.visibilityState === 'visible' ? load() : keeper.flush());
    load();
    document.addEventListener('visibilitychange', look);
    window.addEventListener('pagehide', keeper.flush);
    window.addEventListener('online', keeper.flush);
    return () => {
      document.removeEventListener('visibilitychange', look);
      window.removeEventListener('pagehide', keeper.flush);
      window.removeEventListener('online', keeper.flush);
      keeper.flush();
    };
  }, [keeper, mine]);

  const { text, standing, other } = writing;
  return {
    draft: text,
    standing,
    other,
    set: keeper.set,
    keepMine: keeper.keepMine,
    takeOther: keeper.takeOther,
    /** Begins to send: the version that the answer is, and what to call when the server took it or did not. */
    send: useCallback(() => ({ version: keeper.version(), done: keeper.send() }), [keeper]),
  };
}
