import { i18n } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { render, renderHook } from '@testing-library/react';
import type { ReactNode } from 'react';
import { expect, test, vi } from 'vitest';
import { dateFormat, Phone, useFormat } from './format';

const wrapper = ({ children }: { children: ReactNode }) => (
  <I18nProvider i18n={i18n}>{children}</I18nProvider>
);

test('a hundred times are written with formats that were made once', () => {
  const { result } = renderHook(() => useFormat(), { wrapper });
  const write = (at: number) => result.current.exact(at) + result.current.number(at);
  write(0);
  const dates = vi.spyOn(Intl, 'DateTimeFormat');
  const numbers = vi.spyOn(Intl, 'NumberFormat');
  const written = new Set(Array.from({ length: 100 }, (_, n) => write(n * 86_400_000)));
  expect(written.size).toBe(100);
  expect(dates).not.toHaveBeenCalled();
  expect(numbers).not.toHaveBeenCalled();
  vi.restoreAllMocks();
});

test('another language or another form is another format', () => {
  const year = dateFormat('en', { year: 'numeric', timeZone: 'UTC' });
  expect(dateFormat('en', { year: 'numeric', timeZone: 'UTC' })).toBe(year);
  expect(year.format(0)).toBe('1970');
  expect(dateFormat('en', { month: 'long', timeZone: 'UTC' }).format(0)).toBe('January');
  expect(dateFormat('hi', { month: 'long', timeZone: 'UTC' }).format(0)).toBe('जनवरी');
});

test('in place of the number of somebody who was erased stands a word', () => {
  const shown = (number: string) => render(<Phone number={number} />, { wrapper }).container.textContent;
  expect(shown('+919999900001')).toBe('+91 99999 00001');
  expect(shown('erased-123456789012345678')).toBe('Erased');
});
