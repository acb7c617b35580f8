import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, renderHook, waitFor } from '@testing-library/react';
import type { ReactNode } from 'react';
import { expect, test } from 'vitest';
import { usePages } from './pages';

/** Goes down a listing, leaves it, lets something happen, and comes back: the pages shown, and those asked for then. */
async function comeBack(down: number, meanwhile: (client: QueryClient) => void = () => {}) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: 0 } } });
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  );
  let asked = 0;
  const ask = async (cursor: string | undefined) => {
    asked += 1;
    const n = Number(cursor ?? 0);
    return { data: [n], next_cursor: String(n + 1) };
  };
  // Spread, so that it follows all that changes.
  const list = () => renderHook(() => ({ ...usePages(['things', 'list'], ask) }), { wrapper });
  const first = list();
  await waitFor(() => expect(first.result.current.isSuccess).toBe(true));
  for (let n = 2; n <= down; n += 1) await act(() => first.result.current.fetchNextPage());
  await waitFor(() => expect(first.result.current.data?.pages).toHaveLength(down));
  first.unmount();
  meanwhile(client);
  asked = 0;
  const again = list();
  const pages = again.result.current.data?.pages.length;
  await waitFor(() => expect(again.result.current.isFetching).toBe(false));
  return { pages, asked };
}

test('a listing is where it was left, and up to date', async () => {
  expect(await comeBack(3)).toEqual({ pages: 3, asked: 3 });
});

test('one that was left far down asks for nothing anew', async () => {
  expect(await comeBack(21)).toEqual({ pages: 21, asked: 0 });
});

test('unless something is known to have changed', async () => {
  const changed = (client: QueryClient) => void client.invalidateQueries({ queryKey: ['things'] });
  expect(await comeBack(21, changed)).toEqual({ pages: 21, asked: 21 });
});
