import { expect, it } from 'vitest';
import { aboutQuery, asQuery, readLog } from './about';

it.each([
  ['+91 99999 00001', { phone: '+91 99999 00001' }],
  ['9999900001', { phone: '9999900001' }],
  ['msg_0123456789abc', { message: 'msg_0123456789abc' }],
  ['4340925846643462155-1', { message: '4340925846643462155-1' }],
  ['wamid.HBgMOTE5', { message: 'wamid.HBgMOTE5' }],
  [undefined, {}],
])('asks about %s as a number or an id', (about, query) => {
  expect(aboutQuery(about)).toEqual(query);
});

it('reads a number that the address holds without quotes, and leaves days that are none', () => {
  expect(readLog({ about: 9999900001, from: '2026-11-26', to: 'tomorrow' })).toEqual({
    about: '9999900001',
    from: '2026-11-26',
    to: undefined,
  });
});

it('means the last day whole', () => {
  const { since, until } = asQuery({ from: '2026-11-26', to: '2026-11-26' });
  expect((until ?? 0) - (since ?? 0)).toBe(24 * 60 * 60 * 1000);
});
