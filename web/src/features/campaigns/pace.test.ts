import { expect, test } from 'vitest';
import { ceiling, finishAt, heard, pace, type Sample } from './pace';

test('the pace is that of the last seconds', () => {
  let samples: Sample[] = [];
  expect(pace(samples)).toBeUndefined();
  samples = heard(samples, { at: 0, done: 0 });
  samples = heard(samples, { at: 1_000, done: 80 });
  expect(pace(samples)).toBeUndefined();
  samples = heard(samples, { at: 4_000, done: 320 });
  expect(pace(samples)).toBe(80);
  // An answer that comes late changes nothing.
  expect(heard(samples, { at: 3_000, done: 200 })).toEqual(samples);
  // It stands still since then.
  for (let at = 5_000; at <= 40_000; at += 1_000) samples = heard(samples, { at, done: 320 });
  expect(pace(samples)).toBe(0);
});

test('the least of the limits holds', () => {
  expect(ceiling({ numbers: [80, 40], account: 200 })).toEqual({ perSecond: 120, by: 'numbers' });
  expect(ceiling({ numbers: [80, 40], account: 20 })).toEqual({ perSecond: 20, by: 'account' });
  expect(ceiling({ numbers: [80], account: 20, own: 5 })).toEqual({ perSecond: 5, by: 'own' });
  expect(ceiling({ numbers: [80], account: 20, own: null })).toEqual({ perSecond: 20, by: 'account' });
});

test('an end waits for what is open, and tells who is left', () => {
  const spans = [
    { from: 0, to: 10_000 },
    { from: 60_000, to: 70_000 },
  ];
  expect(finishAt(spans, 0, 10, 2)).toEqual({ at: 5_000, left: 0 });
  expect(finishAt(spans, 0, 30, 2)).toEqual({ at: 65_000, left: 0 });
  expect(finishAt(spans, 20_000, 30, 2)).toEqual({ at: 70_000, left: 10 });
  expect(finishAt([{ from: 5_000 }], 0, 10, 2)).toEqual({ at: 10_000, left: 0 });
});
