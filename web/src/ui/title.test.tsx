import { renderHook } from '@testing-library/react';
import { expect, test } from 'vitest';
import { useTitle, useTitleNews } from './title';

test('what is new stands in front of every page title, and goes with who looked at it', () => {
  const page = renderHook(({ title }) => useTitle(title), { initialProps: { title: 'Today' } });
  expect(document.title).toBe('Today · Harkara');
  const news = renderHook(({ text }) => useTitleNews(text), { initialProps: { text: '3' } });
  expect(document.title).toBe('(3) Today · Harkara');
  page.rerender({ title: 'Campaigns' });
  expect(document.title).toBe('(3) Campaigns · Harkara');
  news.rerender({ text: '99+' });
  expect(document.title).toBe('(99+) Campaigns · Harkara');
  news.unmount();
  expect(document.title).toBe('Campaigns · Harkara');
});
