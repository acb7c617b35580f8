import { expect, test } from 'vitest';
import { dailyOf, isHalfPlanned, momentOf, proposal } from './when';

test('a plan is the moment at which the clocks of its zone show it', () => {
  const at = momentOf({ local: '2026-12-24T18:00', zone: 'Asia/Kolkata' });
  expect(new Date(at ?? 0).toISOString()).toBe('2026-12-24T12:30:00.000Z');
  expect(momentOf(null)).toBeUndefined();
});

test('what is half typed is no plan, and not sent', () => {
  for (const local of ['T18:00', '2026-12-24T', '12026-12-24T18:00', 'tomorrow'])
    expect(isHalfPlanned({ local, zone: 'UTC' }), local).toBe(true);
  expect(isHalfPlanned({ local: '2026-12-24T18:00', zone: 'UTC' })).toBe(false);
  expect(isHalfPlanned(null)).toBe(false);
});

test("the first proposal is tomorrow's same hour, on the own clocks", () => {
  const now = Date.UTC(2026, 11, 23, 12, 40);
  expect(proposal(now, 'Asia/Kolkata')).toEqual({ local: '2026-12-24T17:30', zone: 'Asia/Kolkata' });
});

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
