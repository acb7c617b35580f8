import { type QueryKey, useInfiniteQuery } from '@tanstack/react-query';
import type { Page, Pages } from '~/ui/DataTable';

/** Of a listing that was scrolled further than so many pages, whoever comes back to it finds the pages of before. */
const MANY = 20;

/** A listing of the API, page after page. `ask` gets the cursor of the page. */
export function usePages<Row>(
  queryKey: QueryKey,
  ask: (cursor: string | undefined) => Promise<Page<Row>>,
  enabled = true,
): Pages<Row> {
  return useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam }) => ask(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    enabled,
    // Each page would be asked for anew, one after the other: that is for what is known to have changed.
    refetchOnMount: ({ state }) => state.isInvalidated || (state.data?.pages.length ?? 0) <= MANY,
  });
}
