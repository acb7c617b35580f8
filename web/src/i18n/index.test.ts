import { i18n } from '@lingui/core';
import { expect, test, vi } from 'vitest';
import { messages as english } from '../features/inbox/locales/en';
import { messages as hindi } from '../features/inbox/locales/hi';
import { speak, withTexts } from '.';

const known = (messages: object) => Object.keys(messages)[0] ?? '';

test('a page that loads while the language changes has its words in both', async () => {
  const missing = vi.fn();
  i18n.on('missing', missing);
  await speak('en');
  const switching = speak('hi');
  await withTexts('inbox', async () => 'page')();
  expect(i18n._(known(english))).toBeTruthy();
  await switching;
  expect(i18n.locale).toBe('hi');
  expect(i18n._(known(hindi))).toBeTruthy();
  await speak('en');
  expect(i18n._(known(english))).toBeTruthy();
  expect(missing).not.toHaveBeenCalled();
});
