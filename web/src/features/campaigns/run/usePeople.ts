import { useEffect, useRef } from 'react';
import { api, body, type Schemas } from '~/api/client';
import { usePages } from '~/api/pages';
import { useLive } from '~/live/hooks';
import type { RunSearch } from '../routes';

export interface Wanted {
  state: string | undefined;
  kind: string | undefined;
  search: string | undefined;
  /** Only who answered. */
  replied: true | undefined;
  /** Only those whose message left, and who did not do this. */
  without: 'read' | 'reply' | undefined;
}

/** What the page calls a state and the server does not. */
const OTHERS: Record<string, Partial<Wanted>> = {
  replied: { replied: true },
  not_read: { without: 'read' },
  not_replied: { without: 'reply' },
};

/** What is asked of the server for what the page's address says. */
export const wantedOf = ({ state, kind, q }: RunSearch): Wanted => ({
  state: state && state in OTHERS ? undefined : state,
  kind,
  search: q,
  replied: undefined,
  without: undefined,
  ...OTHERS[state ?? ''],
});

/** The same for an act on all of them. */
export const recipientsOf = (id: string, search: RunSearch): Schemas['BulkRecipients'] => ({
  campaign_id: id,
  ...(search.state === 'excluded' ? { left_out: true } : wantedOf(search)),
});

/** Where what is shown is downloaded. */
export function exportPath(id: string, search: RunSearch): string {
  const asked = search.state === 'excluded' ? { left_out: true } : wantedOf(search);
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(asked)) if (value) query.set(name, String(value));
  return `/api/v1/campaigns/${id}/export${query.size > 0 ? `?${query}` : ''}`;
}

/** The messages of a campaign. They follow by themselves while the first page is all that is shown. */
export function usePeople(id: string, wanted: Wanted) {
  const pages = usePages(['recipients', id, wanted], (cursor) =>
    body(
      api.GET('/api/v1/campaigns/{id}/messages', {
        params: { path: { id }, query: { ...wanted, limit: 100, cursor } },
      }),
    ),
  );
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const few = (pages.data?.pages.length ?? 0) <= 1;
  useLive(({ topic, data }) => {
    if (topic !== 'campaign' || data.id !== id || !few || timer.current !== undefined) return;
    timer.current = setTimeout(() => {
      timer.current = undefined;
      void pages.refetch();
    }, 1_000);
  });
  return pages;
}

/** The people who were left out before. */
export const useExcluded = (id: string) =>
  usePages(['recipients', id, 'excluded'], (cursor) =>
    body(
      api.GET('/api/v1/campaigns/{id}/excluded', {
        params: { path: { id }, query: { limit: 100, cursor } },
      }),
    ),
  );
