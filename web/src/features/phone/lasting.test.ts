import { expect, test } from 'vitest';
import { lasting } from './lasting';

test('a length of time has the parts that are something', () => {
  expect(lasting(24 * 3_600_000, 'en')).toBe('1 day');
  expect(lasting(25 * 3_600_000 + 120_000, 'en')).toBe('1 day 1 hour 2 minutes');
  expect(lasting(2 * 86_400_000 + 29_000, 'en')).toBe('2 days');
  expect(lasting(3_599_999, 'en')).toBe('1 hour');
  expect(lasting(10, 'en')).toBe('0 minutes');
  expect(lasting(3_600_000, 'hi')).toBe('1 घंटा');
});
