import { expect, test } from 'vitest';
import { dailyOf } from './when';

const DAY = 86_400_000;

test('what left today counts against a start within a day, and not against a later one', () => {
  const known = { daily_limit: 1000, daily_left: 200 };
  expect(dailyOf(known, undefined, 0)).toEqual({ limit: 1000, left: 200 });
  expect(dailyOf(known, DAY - 1, 0)).toEqual({ limit: 1000, left: 200 });
  expect(dailyOf(known, DAY, 0)).toEqual({ limit: 1000, left: 1000 });
});

test('nothing is said of a limit that nobody entered', () => {
  expect(dailyOf({ daily_limit: null, daily_left: null }, undefined, 0)).toBeUndefined();
  expect(dailyOf(undefined, undefined, 0)).toBeUndefined();
});
