import { type QueryKey, useInfiniteQuery } from '@tanstack/react-query';
import type { Page, Pages } from '~/ui/DataTable';

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
  });
}
