import { act, screen } from '@testing-library/react';
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
function Probe() {
  draft = useDraft(campaign);
  return <p>{draft.saving}</p>;
}
const saved = vi.spyOn(queries, 'save');

beforeEach(() => {
  vi.useFakeTimers();
  sessionStorage.clear();
  saved.mockReset();
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
