import { readFileSync } from 'node:fs';
import { i18n } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { renderHook } from '@testing-library/react';
import type { ReactNode } from 'react';
import { expect, it } from 'vitest';
import { useActionGroups, useActionWords } from './actions';

const wrapper = ({ children }: { children: ReactNode }) => (
  <I18nProvider i18n={i18n}>{children}</I18nProvider>
);

it('has words and a group for every act that the server notes', () => {
  const table = readFileSync('../crates/server/src/http/access/table.rs', 'utf8');
  const acts = [...table.matchAll(/\.noted(?:_by_hand)?\("([a-z_.]+)"\)/g)].map(([, act]) => act ?? '');
  expect(acts.length).toBeGreaterThan(30);
  const words = renderHook(() => useActionWords(), { wrapper }).result.current;
  const groups = renderHook(() => useActionGroups(), { wrapper }).result.current.map((one) => one.value);
  expect(acts.filter((act) => words(act) === act)).toEqual([]);
  expect(acts.filter((act) => !groups.includes(act.split('.')[0] ?? ''))).toEqual([]);
});
