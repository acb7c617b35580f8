import { expect, test, vi } from 'vitest';

test('what is asked while a session ends is sent when it goes on, and not before', async () => {
  const sent = vi.fn(
    async (_: Request) => new Response('{}', { headers: { 'content-type': 'application/json' } }),
  );
  vi.stubGlobal('fetch', sent);
  const { api, holdRequests } = await import('./client');
  await api.GET('/api/v1/start', { baseUrl: 'http://127.0.0.1/' });
  const release = holdRequests();
  const asked = api.GET('/api/v1/start', { baseUrl: 'http://127.0.0.1/' });
  await new Promise((settled) => setTimeout(settled));
  expect(sent).toHaveBeenCalledTimes(1);
  release();
  await asked;
  expect(sent).toHaveBeenCalledTimes(2);
  expect(sent.mock.calls[1]?.[0].headers.get('x-harkara')).toBe('1');
  vi.unstubAllGlobals();
});
