import { expect, it } from 'vitest';
import { timeLeft, windowState } from './window';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

it.each([
  [4 * HOUR, 'open'],
  [4 * HOUR - 1, 'soon'],
  [30 * MINUTE, 'soon'],
  [30 * MINUTE - 1, 'last'],
  [1, 'last'],
  [0, 'closed'],
  [-HOUR, 'closed'],
])('with %d ms left the window is %s', (left, state) => {
  expect(windowState(1_000 + left, 1_000)).toBe(state);
});

it('rounds what is left up, and never below nothing', () => {
  expect(timeLeft(3 * HOUR + 11 * MINUTE + 1, 0)).toEqual({ hours: 3, minutes: 12 });
  expect(timeLeft(1, 0)).toEqual({ hours: 0, minutes: 1 });
  expect(timeLeft(0, HOUR)).toEqual({ hours: 0, minutes: 0 });
});
