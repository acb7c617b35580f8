import { act, renderHook } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

/** What the page has of the server's events. */
class Source {
  static all: Source[] = [];
  heard = new Map<string, (event: { data: string }) => void>();
  onerror = () => {};
  constructor() {
    Source.all.push(this);
  }
  addEventListener(name: string, listener: (event: { data: string }) => void) {
    this.heard.set(name, listener);
  }
  close() {}
}
class Channel {
  onmessage = () => {};
  postMessage() {}
}

vi.mock('../api/client', () => ({ api: { GET: async () => ({}) } }));
const invalidateQueries = vi.hoisted(() => vi.fn(async () => {}));
vi.mock('../api/query', () => ({ queryClient: { invalidateQueries } }));

beforeEach(() => {
  vi.resetModules();
  vi.useFakeTimers();
  vi.stubGlobal('EventSource', Source);
  vi.stubGlobal('BroadcastChannel', Channel);
  Source.all = [];
  invalidateQueries.mockClear();
});
afterEach(() => vi.useRealTimers());

const pass = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));
const hello = () => act(async () => Source.all.at(-1)?.heard.get('hello')?.({ data: '{}' }));
const asked = () => invalidateQueries.mock.calls.map((call: unknown[]) => JSON.stringify(call[0]));

test('without a word from the server the screen is read by the clock, and says so; not any more once it is live', async () => {
  const { POLL_MS, startLive, TOPICS } = await import('./live');
  const { GRACE_MS, useNotLive } = await import('./hooks');
  startLive();
  const { result } = renderHook(() => useNotLive());
  await pass(GRACE_MS - 1);
  expect(result.current).toBe(false);
  await pass(1);
  expect(result.current).toBe(true);
  expect(asked()).toEqual([]);
  await pass(POLL_MS - GRACE_MS);
  expect(asked()).toEqual(TOPICS.map((topic) => JSON.stringify({ queryKey: [topic] })));
  invalidateQueries.mockClear();
  await hello();
  expect(result.current).toBe(false);
  // What happened since the last look.
  expect(invalidateQueries).toHaveBeenCalledTimes(1);
  await pass(3 * POLL_MS);
  expect(invalidateQueries).toHaveBeenCalledTimes(1);
});

test('who is live at once reads nothing twice, and a lost network is noticed', async () => {
  const { liveState, POLL_MS, startLive } = await import('./live');
  startLive();
  await hello();
  expect(invalidateQueries).not.toHaveBeenCalled();
  await act(async () => window.dispatchEvent(new Event('offline')));
  expect(liveState()).toBe('reconnecting');
  await pass(POLL_MS);
  expect(invalidateQueries).toHaveBeenCalled();
  expect(Source.all.length).toBeGreaterThan(1);
});
