import { QueryObserver } from '@tanstack/react-query';
import { afterEach, expect, test } from 'vitest';
import { queryClient } from '../api/query';
import { people } from './people';

afterEach(() => queryClient.clear());

/** Shows a query; answers how often it was asked. */
function shown(queryKey: unknown[], data: unknown) {
  let asked = 0;
  queryClient.setQueryData(queryKey, data);
  const observer = new QueryObserver(queryClient, {
    queryKey,
    queryFn: () => {
      asked += 1;
      return data;
    },
  });
  observer.subscribe(() => {});
  return () => asked;
}
const stale = (queryKey: unknown[]) => queryClient.getQueryState(queryKey)?.isInvalidated;

test('of few people all that shows them is read again, but for lists that were scrolled far', async () => {
  const one = shown(['profile', 'one', 'pro_1'], {});
  const short = shown(['profile', 'list', 'a'], { pages: [1, 2] });
  const long = shown(['profile', 'list', 'b'], { pages: [1, 2, 3, 4] });
  const timeline = shown(['message', 'timeline', 'pro_1'], { pages: [1] });
  const other = shown(['message', 'timeline', 'pro_2'], { pages: [1] });
  people({ ids: ['pro_9'], count: 1 });
  people({ ids: ['pro_1'], count: 1 })();
  await queryClient.getQueryCache().find({ queryKey: ['profile', 'one', 'pro_1'] })?.promise;
  expect([one(), short(), long(), timeline(), other()]).toEqual([1, 1, 0, 1, 0]);
  expect(stale(['profile', 'list', 'b'])).toBe(true);
});

test('of many people lists are read again when they are opened', async () => {
  const one = shown(['profile', 'one', 'pro_1'], {});
  const short = shown(['profile', 'list', 'a'], { pages: [1, 2] });
  people({ ids: [], count: 500 })();
  expect([one(), short()]).toEqual([1, 0]);
  expect(stale(['profile', 'list', 'a'])).toBe(true);
});
