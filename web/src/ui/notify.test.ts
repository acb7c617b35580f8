import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { askToNotify, notify, wantsNotify } from './notify';

const shown: { title: string; options?: NotificationOptions; onclick?: () => void; close: () => void }[] = [];
let permission: NotificationPermission;
let answer: NotificationPermission;
let visible: DocumentVisibilityState;
let seen: string[];

class System {
  static get permission() {
    return permission;
  }
  static requestPermission = async () => {
    permission = answer;
    return permission;
  };
  onclick?: () => void;
  close = vi.fn();
  constructor(
    public title: string,
    public options?: NotificationOptions,
  ) {
    shown.push(this);
  }
}

beforeEach(() => {
  [permission, answer, visible, seen] = ['default', 'granted', 'hidden', []];
  shown.length = 0;
  vi.stubGlobal('Notification', System);
  vi.stubGlobal('isSecureContext', true);
  vi.spyOn(document, 'visibilityState', 'get').mockImplementation(() => visible);
  Object.defineProperty(navigator, 'locks', {
    configurable: true,
    value: {
      query: async () => ({ held: seen.map((name) => ({ name })) }),
      request: async () => {},
    },
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  localStorage.clear();
});

test('nothing is told before somebody asked for it', async () => {
  await notify('Asha wrote.', () => {});
  expect(shown).toEqual([]);
  expect(await askToNotify(true)).toBe('granted');
  expect(wantsNotify()).toBe(true);
  await notify('Asha wrote.', () => {});
  expect(shown.map((one) => one.title)).toEqual(['Asha wrote.']);
});

test('what a browser refuses stays off', async () => {
  answer = 'denied';
  expect(await askToNotify(true)).toBe('denied');
  expect(wantsNotify()).toBe(false);
  await notify('Asha wrote.', () => {});
  expect(shown).toEqual([]);
});

test('who looks at a page of ours, in this tab or another, is not told twice', async () => {
  await askToNotify(true);
  visible = 'visible';
  expect(await notify('Asha wrote.', () => {})).toBe(false);
  visible = 'hidden';
  seen = ['harkara-seen'];
  expect(await notify('Asha wrote.', () => {})).toBe(false);
  seen = ['harkara-live'];
  expect(await notify('Asha wrote.', () => {})).toBe(true);
  expect(shown).toHaveLength(1);
});

test('a click comes back to the page and closes it', async () => {
  await askToNotify(true);
  const open = vi.fn();
  const focus = vi.spyOn(window, 'focus').mockImplementation(() => {});
  await notify('Asha wrote.', open);
  shown[0]?.onclick?.();
  expect([open, focus, shown[0]?.close].map((f) => vi.mocked(f as () => void).mock.calls.length)).toEqual([
    1, 1, 1,
  ]);
});

test('a phone that takes no notifications of pages fails in silence', async () => {
  await askToNotify(true);
  vi.stubGlobal(
    'Notification',
    class extends System {
      constructor(title: string) {
        super(title);
        throw new TypeError('Illegal constructor');
      }
    },
  );
  expect(await notify('Asha wrote.', () => {})).toBe(false);
});
