import { expect, test } from 'vitest';
import { asLimits, isSame, typed, withOneMore } from './limits';

test('one more limit is for a span that has none', () => {
  const one = withOneMore([]);
  expect(asLimits(one)).toEqual([{ messages: 1, days: 1 }]);
  const two = withOneMore(one);
  expect(asLimits(two)).toEqual([
    { messages: 1, days: 1 },
    { messages: 3, days: 7 },
  ]);
  expect(new Set(withOneMore(two.slice(1)).map(({ key }) => key)).size).toBe(2);
});

test('what is not finished is not sent', () => {
  const [limit] = typed([{ messages: 2, days: 7 }]);
  if (!limit) throw new Error('no limit');
  expect(asLimits([{ ...limit, messages: '' }])).toBeUndefined();
  expect(asLimits([{ ...limit, days: 0 }])).toBeUndefined();
});

test('the order of limits says nothing', () => {
  const a = { messages: 1, days: 1 };
  const b = { messages: 3, days: 7 };
  expect(isSame([a, b], [b, a])).toBe(true);
  expect(isSame([a], [a, b])).toBe(false);
  expect(isSame(undefined, [])).toBe(false);
});
