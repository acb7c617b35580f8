import { expect, it } from 'vitest';
import { SECTIONS } from './sections';

it('shows every shared part', () => {
  const files = Object.keys(import.meta.glob(['../ui/*.tsx', '!../ui/*.test.tsx']));
  const parts = files.map((file) => file.slice('../ui/'.length, -'.tsx'.length));
  expect(parts.length).toBeGreaterThan(20);
  // The header of the page is its own sample, and a hook is no part.
  const shown = ['PageHeader', 'useGuard', ...Object.keys(SECTIONS)];
  expect(parts.filter((part) => !shown.includes(part))).toEqual([]);
});
