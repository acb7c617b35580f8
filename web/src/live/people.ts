import type { Query } from '@tanstack/react-query';
import { queryClient } from '../api/query';

/** A listing that was scrolled further than so many pages is not asked for anew, page after page. */
const FEW_PAGES = 3;

const isLong = ({ state }: Query) =>
  ((state.data as { pages?: unknown[] } | undefined)?.pages?.length ?? 0) > FEW_PAGES;

let changed = new Set<string>();
let many = false;

/**
 * Takes note of profiles that were written, and gives what refreshes them. While a file is imported they change by the thousand:
 * then only the person on the screen is read again, and lists the next time that they are opened.
 */
export function people({ ids }: Record<string, unknown>): () => void {
  if (Array.isArray(ids) && ids.length > 0) for (const id of ids) changed.add(String(id));
  else many = true;
  return () => {
    const [of, all] = [changed, many];
    [changed, many] = [new Set(), false];
    const queryKey = ['profile'];
    void queryClient.invalidateQueries({
      queryKey,
      predicate: (query) => all || isLong(query),
      refetchType: 'none',
    });
    if (all) void queryClient.invalidateQueries({ queryKey: ['profile', 'one'] });
    else void queryClient.invalidateQueries({ queryKey, predicate: (query) => !isLong(query) });
    for (const id of of) void queryClient.invalidateQueries({ queryKey: ['message', 'timeline', id] });
  };
}
