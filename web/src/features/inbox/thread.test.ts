import { describe, expect, it } from 'vitest';
import { firstUnseen, itemsOf, type Message, merge } from './thread';

const DAY = 86_400_000;
const NOON = new Date(2026, 10, 3, 12).getTime();
const message = (id: string, at: number, direction: 'in' | 'out' = 'in', state = 'received') =>
  ({ id, at, direction, state }) as Message;

describe('merge', () => {
  it('keeps each message once, in order, as it was told last', () => {
    const known = [message('a', 1), message('b', 2, 'out', 'sent')];
    const page = [message('c', 3), message('b', 2, 'out', 'read')];
    expect(merge(known, page).map((m) => `${m.id} ${m.state}`)).toEqual([
      'a received',
      'b read',
      'c received',
    ]);
  });
});

describe('itemsOf', () => {
  const messages = [message('a', NOON), message('b', NOON + 1), message('c', NOON + DAY)];
  const days = (older: string | undefined) =>
    itemsOf({ messages, older }, undefined, []).map((item) => item.day !== undefined);

  it('begins a day at the first message and wherever the date changes', () => {
    expect(days(undefined)).toEqual([true, false, true]);
  });

  it('claims no day for the oldest while there may be others of it above', () => {
    expect(days('cursor')).toEqual([false, false, true]);
  });

  it('puts what is on its way at the end', () => {
    const items = itemsOf({ messages, older: undefined }, 'c', [{ key: 'k', at: NOON + 2 * DAY }]);
    expect(items.map((item) => item.key)).toEqual(['a', 'b', 'c', 'k']);
    expect(items[3]?.day).toBe(NOON + 2 * DAY);
    expect(items.map((item) => item.unseen)).toEqual([false, false, true, false]);
  });
});

describe('firstUnseen', () => {
  const thread = [message('a', 1), message('b', 2, 'out'), message('c', 3), message('d', 4)];
  it('counts the messages of the person only', () => {
    expect(firstUnseen(thread, 2)).toBe('c');
    expect(firstUnseen(thread, 3)).toBe('a');
  });
  it('takes the oldest known one when more are unread, and none when all are read', () => {
    expect(firstUnseen(thread, 99)).toBe('a');
    expect(firstUnseen(thread, 0)).toBeUndefined();
  });
});
