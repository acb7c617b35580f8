import { useEffect, useRef } from 'react';
import { api, body } from '~/api/client';
import { usePages } from '~/api/pages';
import { useLive } from '~/live/hooks';

export interface Wanted {
  state: string | undefined;
  kind: string | undefined;
  search: string | undefined;
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
