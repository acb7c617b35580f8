import { expect, test } from 'vitest';
import { DAY, roundTimes, roundUp } from './scale';

test.each([
  [0, 4],
  [4, 4],
  [5, 5],
  [7, 8],
  [565, 600],
  [11, 20],
  [21, 25],
  [180, 200],
  [240, 250],
  [9_720, 10_000],
  [1_000_001, 2_000_000],
])('%d fits below %d', (n, top) => {
  expect(roundUp(n)).toBe(top);
});

test('times between two moments are round, few, and inside', () => {
  const from = new Date(2026, 10, 26, 14, 3, 20).getTime();
  for (const length of [20_000, 90_000, 3_600_000, 5 * 3_600_000, DAY, 9 * DAY, 100 * DAY]) {
    const { apart, at } = roundTimes(from, from + length, 6);
    expect(at.length, `${length}`).toBeGreaterThan(0);
    expect(at.length, `${length}`).toBeLessThanOrEqual(7);
    for (const time of at) {
      expect(time >= from && time <= from + length).toBe(true);
      if (apart < DAY)
        expect(new Date(time).getMinutes() % Math.max(1, Math.min(60, apart / 60_000))).toBe(0);
    }
  }
});
