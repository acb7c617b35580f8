import { screen } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import { api } from '~/api/client';
import { render } from '~/test/render';
import { useReach } from './queries';

type Answer = { audience: number; reachable: number; excluded: object; exact: boolean };
const of = (reachable: number, exact: boolean): Answer => ({
  audience: reachable,
  reachable,
  excluded: {},
  exact,
});

const asked = { audience: { type: 'everyone' as const } };
function Probe() {
  const reach = useReach(asked);
  return <p>{reach.data ? `${reach.data.reachable} ${reach.data.exact}` : 'nothing'}</p>;
}

/** Answers of the server: to the estimate, and to the count when somebody says so. */
function serve(about: Answer) {
  let count: (answer: Answer) => void = () => {};
  let fail: () => void = () => {};
  const counted = new Promise<{ data: Answer; response: Response }>((done, refuse) => {
    count = (data) => done({ data, response: new Response() });
    fail = () => refuse(new Error('gone'));
  });
  const post = vi
    .spyOn(api, 'POST')
    .mockImplementation(((_: string, { body }: { body: { estimate: boolean } }) =>
      body.estimate ? Promise.resolve({ data: about, response: new Response() }) : counted) as never);
  return { post, count: (answer: Answer) => count(answer), fail: () => fail() };
}

afterEach(() => vi.restoreAllMocks());

test('an estimate stands until everybody is counted', async () => {
  const server = serve(of(360_000, false));
  render(<Probe />);
  await screen.findByText('360000 false');
  server.count(of(359_981, true));
  await screen.findByText('359981 true');
});

test('what was counted at once is not asked for again', async () => {
  const server = serve(of(12, true));
  render(<Probe />);
  await screen.findByText('12 true');
  expect(server.post).toHaveBeenCalledTimes(1);
});

test('an estimate does not pass for a count that failed', async () => {
  const server = serve(of(360_000, false));
  render(<Probe />);
  await screen.findByText('360000 false');
  server.fail();
  await screen.findByText('nothing');
});
