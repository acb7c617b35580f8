import { expect, test } from 'vitest';
import { dayBegan, momentIn, wallIn, zones } from './zone';

const utc = (at: number | undefined) =>
  at === undefined ? undefined : new Date(at).toISOString().slice(0, 16);

test('a time of a zone is a moment', () => {
  expect(utc(momentIn('2026-12-24 18:00', 'Asia/Kolkata'))).toBe('2026-12-24T12:30');
  expect(utc(momentIn('2026-12-24 18:00:00', 'UTC'))).toBe('2026-12-24T18:00');
  expect(utc(momentIn('2026-12-24T18:00', 'America/New_York'))).toBe('2026-12-24T23:00');
  expect(momentIn('tomorrow', 'UTC')).toBeUndefined();
});

test('clocks that jump: skipped times come after the jump, doubled ones are the first', () => {
  // Berlin goes from 02:00 to 03:00 on 29 March 2026, and from 03:00 back to 02:00 on 25 October.
  expect(utc(momentIn('2026-03-29 01:59', 'Europe/Berlin'))).toBe('2026-03-29T00:59');
  expect(utc(momentIn('2026-03-29 02:30', 'Europe/Berlin'))).toBe('2026-03-29T01:30');
  expect(utc(momentIn('2026-03-29 03:00', 'Europe/Berlin'))).toBe('2026-03-29T01:00');
  expect(utc(momentIn('2026-10-25 02:30', 'Europe/Berlin'))).toBe('2026-10-25T00:30');
  expect(utc(momentIn('2026-10-25 03:00', 'Europe/Berlin'))).toBe('2026-10-25T02:00');
});

test('there and back', () => {
  for (const zone of ['Asia/Kolkata', 'America/Sao_Paulo', 'Pacific/Auckland', 'UTC']) {
    expect(wallIn(momentIn('2026-07-01 09:15', zone) ?? 0, zone)).toBe('2026-07-01 09:15');
  }
});

test('the first zone stands once', () => {
  const all = zones('Europe/Berlin');
  expect(all[0]).toBe('Europe/Berlin');
  expect(all.filter((zone) => zone === 'Europe/Berlin')).toHaveLength(1);
  expect(all).toContain('UTC');
});

test('a day begins at midnight of its zone, or when clocks jump over that', () => {
  const at = Date.UTC(2026, 6, 1, 20);
  expect(utc(dayBegan(at, 'Asia/Kolkata'))).toBe('2026-07-01T18:30');
  expect(utc(dayBegan(at, 'UTC'))).toBe('2026-07-01T00:00');
  expect(utc(dayBegan(at, 'America/New_York'))).toBe('2026-07-01T04:00');
  // Cairo went from 00:00 to 01:00 on 26 April 2024.
  expect(utc(dayBegan(Date.UTC(2024, 3, 26, 12), 'Africa/Cairo'))).toBe('2024-04-25T22:00');
});
