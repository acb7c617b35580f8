import { expect, test } from 'vitest';
import { safePath } from './to';

test('keeps paths of this server with all that they say', () => {
  expect(safePath('/campaigns?state=running#top')).toBe('/campaigns?state=running#top');
  expect(safePath('/')).toBe('/');
});

test.each([
  'https://elsewhere.example/',
  '//elsewhere.example',
  '/\\elsewhere.example',
  '/\t/elsewhere.example',
  '/.//elsewhere.example',
  'javascript:alert(1)',
  'campaigns',
  '',
  undefined,
  7,
])('refuses %j', (to) => expect(safePath(to)).toBeUndefined());

test('does not come back to the pages from which one signs in', () => {
  expect(safePath('/signin?to=/x')).toBeUndefined();
  expect(safePath('/setup')).toBeUndefined();
});
