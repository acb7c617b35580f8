import { act, screen } from '@testing-library/react';
import { useState } from 'react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ApiProblem } from '~/api/client';
import { queryClient } from '~/api/query';
import { render } from '~/test/render';
import * as queries from '../queries';
import { type Draft, useDraft } from './useDraft';

const campaign = {
  id: 'cmp_1',
  name: 'Offer',
  state: 'draft',
  account_id: 'acc_1',
  number_id: 'num_1',
  number_ids: ['num_1'],
  template_id: 'tpl_1',
  audience: { type: 'everyone' },
  mapping: { body: [], buttons: {}, cards: [], custom: {} },
  created_at: 1,
  updated_at: 1,
} as unknown as queries.Campaign;

let draft: Draft;
let arrive: (of: queries.Campaign) => void;
function Probe({ of = campaign }: { of?: queries.Campaign }) {
  const [read, setRead] = useState(of);
  arrive = setRead;
  draft = useDraft(read);
  return <p>{draft.saving}</p>;
}
const saved = vi.spyOn(queries, 'save');
const readAgain = vi.spyOn(queries, 'readAgain');
const meanwhile = () =>
  new ApiProblem({
    status: 409,
    code: 'changed_meanwhile',
    detail: 'Asha changed it.',
    help: '',
    changed: { by: 'Asha', at: 7 },
  });
const theirs = { ...campaign, name: 'Theirs', messages_per_second: 9, updated_at: 7 } as queries.Campaign;

beforeEach(() => {
  vi.useFakeTimers();
  sessionStorage.clear();
  saved.mockReset();
  readAgain.mockReset();
  saved.mockImplementation(
    async (_, input) => ({ ...campaign, ...input, updated_at: 2 }) as queries.Campaign,
  );
});
afterEach(() => {
  vi.useRealTimers();
  queryClient.clear();
});
const wait = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));
const change = (patch: Partial<queries.CampaignInput>) => act(() => draft.change(patch));

test('saves once, a moment after the last change', async () => {
  render(<Probe />);
  change({ name: 'O' });
  await wait(300);
  change({ name: 'Offers' });
  await wait(500);
  expect(saved).not.toHaveBeenCalled();
  expect(screen.getByText('waiting')).toBeInTheDocument();
  await wait(200);
  expect(saved).toHaveBeenCalledTimes(1);
  expect(saved.mock.calls[0]?.[1].name).toBe('Offers');
  expect(screen.getByText('saved')).toBeInTheDocument();
});

test('what is half done stays here, also after a reload, and is not sent', async () => {
  const { unmount } = render(<Probe />);
  change({ audience: { type: 'list', list_id: '' } });
  await wait(700);
  expect(draft.held).toEqual(['/audience']);
  expect(saved).not.toHaveBeenCalled();
  unmount();
  render(<Probe />);
  await wait(0);
  expect(draft.input.audience).toEqual({ type: 'list', list_id: '' });
  change({ audience: { type: 'list', list_id: 'lst_1' } });
  await wait(700);
  expect(saved).toHaveBeenCalledTimes(1);
  expect(screen.getByText('saved')).toBeInTheDocument();
});

test('a refusal says what is wrong at which field, and the next change tries again', async () => {
  const errors = [{ pointer: '/messages_per_second', code: 'out_of_range', detail: 'Give at least 2.' }];
  saved.mockRejectedValueOnce(
    new ApiProblem({ status: 422, code: 'invalid', detail: 'One thing.', help: '', errors }),
  );
  render(<Probe />);
  change({ messages_per_second: 1 });
  await wait(700);
  expect(screen.getByText('refused')).toBeInTheDocument();
  expect(draft.errorAt('/messages_per_second')).toBe('Give at least 2.');
  expect(await act(() => draft.flush())).toBe(true);
  expect(saved).toHaveBeenCalledTimes(2);
  expect(draft.errorAt('/messages_per_second')).toBeUndefined();
});

test('two saves never meet, and each names the version that the one before made', async () => {
  const answers: (() => void)[] = [];
  let version = 1;
  saved.mockImplementation(
    (_, input) =>
      new Promise((resolve) => {
        version += 1;
        const answer = { ...campaign, ...input, updated_at: version } as queries.Campaign;
        answers.push(() => resolve(answer));
      }),
  );
  render(<Probe />);
  change({ name: 'One' });
  await wait(700);
  change({ name: 'Two' });
  let both: Promise<boolean[]> | undefined;
  await act(async () => {
    both = Promise.all([draft.flush(), draft.flush()]);
  });
  expect(saved).toHaveBeenCalledTimes(1);
  await act(async () => answers[0]?.());
  expect(saved).toHaveBeenCalledTimes(2);
  await act(async () => answers[1]?.());
  expect(await both).toEqual([true, true]);
  expect(saved.mock.calls.map(([, input, read]) => [input.name, read])).toEqual([
    ['One', 1],
    ['Two', 2],
  ]);
});

test('what somebody else changed is asked about, and what was typed stays, also over a reload', async () => {
  saved.mockRejectedValue(meanwhile());
  readAgain.mockResolvedValue(theirs);
  const { unmount } = render(<Probe />);
  change({ name: 'Mine' });
  await wait(700);
  expect(screen.getByText('apart')).toBeInTheDocument();
  expect([draft.conflict?.by, draft.conflict?.theirs.name, draft.input.name]).toEqual([
    'Asha',
    'Theirs',
    'Mine',
  ]);
  change({ name: 'Mine, more' });
  await wait(700);
  expect(saved).toHaveBeenCalledTimes(1);
  expect(await act(() => draft.flush())).toBe(false);
  unmount();
  render(<Probe of={theirs} />);
  await wait(0);
  expect([draft.conflict?.theirs.name, draft.input.name]).toEqual(['Theirs', 'Mine, more']);
});

test('who keeps the own changes saves them over theirs, and undoes nothing else', async () => {
  saved.mockRejectedValueOnce(meanwhile());
  readAgain.mockResolvedValue(theirs);
  render(<Probe />);
  change({ name: 'Mine' });
  await wait(700);
  expect(await act(() => draft.keepMine())).toBe(true);
  const [, input, read] = saved.mock.calls[1] ?? [];
  expect([input?.name, input?.messages_per_second, read]).toEqual(['Mine', 9, 7]);
  expect([draft.conflict, draft.saving]).toEqual([undefined, 'saved']);
});

test('who takes theirs goes on with theirs', async () => {
  saved.mockRejectedValueOnce(meanwhile());
  readAgain.mockResolvedValue(theirs);
  render(<Probe />);
  change({ name: 'Mine' });
  await wait(700);
  queryClient.setQueryData(['campaign', campaign.id], theirs);
  await act(async () => draft.takeTheirs());
  expect([draft.input.name, draft.version(), draft.conflict]).toEqual(['Theirs', 7, undefined]);
  expect(sessionStorage).toHaveLength(0);
});

test('an own save whose answer was lost is no conflict', async () => {
  saved.mockRejectedValueOnce(new ApiProblem({ status: 0, code: 'offline', detail: 'No answer.', help: '' }));
  render(<Probe />);
  change({ name: 'Mine' });
  await wait(700);
  expect(screen.getByText('refused')).toBeInTheDocument();
  saved.mockRejectedValueOnce(meanwhile());
  readAgain.mockResolvedValue({ ...campaign, name: 'Mine', updated_at: 7 });
  change({ name: 'Mine, more' });
  await wait(700);
  expect([draft.conflict, draft.saving]).toEqual([undefined, 'saved']);
  expect(saved.mock.lastCall?.slice(1)).toEqual([expect.objectContaining({ name: 'Mine, more' }), 7]);
});

test('a version that comes late does not bring back what was before', async () => {
  render(<Probe />);
  change({ name: 'Mine' });
  await wait(700);
  await act(async () => arrive({ ...campaign }));
  expect([draft.input.name, draft.version()]).toEqual(['Mine', 2]);
  await act(async () => arrive(theirs));
  expect([draft.input.name, draft.version()]).toEqual(['Theirs', 7]);
});
