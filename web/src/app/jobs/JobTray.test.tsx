import { act, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { ReactNode } from 'react';
import { beforeEach, expect, it, vi } from 'vitest';
import { render } from '~/test/render';
import { track } from '~/ui/jobs';
import { JobTray } from './JobTray';

const given = vi.hoisted(() => ({ imports: [] as object[], toast: vi.fn(), may: true }));
vi.mock('@tanstack/react-router', () => ({
  Link: ({ to, children }: { to: string; children: ReactNode }) => <a href={to}>{children}</a>,
}));
vi.mock('~/api/session', () => ({ useCan: () => () => given.may }));
vi.mock('~/ui/toast', () => ({ over: given.toast }));
vi.mock('~/api/client', () => ({
  api: { GET: (path: string) => (path.endsWith('bulk') ? [] : given.imports) },
  body: async (data: object[]) => ({ data }),
}));

const imported = {
  id: 'imp_1',
  file_name: 'people.csv',
  state: 'finished',
  bytes_total: 100,
  bytes_read: 100,
  rows: 5,
  created: 4,
  updated: 0,
  unchanged: 0,
  invalid: 1,
  created_at: 1,
  finished_at: Date.now(),
};

beforeEach(() => {
  localStorage.clear();
  given.toast.mockClear();
  given.may = true;
  given.imports = [imported];
});

it('keeps what came of an import until it is put away, also on the next page', async () => {
  const { unmount } = render(<JobTray />);
  await userEvent.click(await screen.findByRole('button', { name: '1 job is over' }));
  expect(await screen.findByText('4 new, 0 changed, 0 as before. 1 bad row.')).toBeVisible();
  expect(screen.getByRole('link', { name: 'people.csv' })).toHaveAttribute('href', '/profiles/imports/imp_1');
  await userEvent.click(screen.getByRole('button', { name: 'Put people.csv away' }));
  expect(screen.queryByText('people.csv')).toBeNull();
  expect(given.toast).not.toHaveBeenCalled();
  unmount();
  render(<JobTray />);
  await act(async () => {});
  expect(screen.queryByRole('button')).toBeNull();
});

it('tells begin and end of what this page does, and says it in a toast', async () => {
  given.imports = [];
  given.may = false;
  render(<JobTray />);
  await act(async () => {});
  let finish: (n: number) => void = () => {};
  const work = new Promise<number>((resolve) => {
    finish = resolve;
  });
  act(() => void track({ name: 'Templates', to: '/templates' }, work, (n) => `${n} new.`, 'No.'));
  expect(await screen.findByRole('button', { name: 'Jobs that run: 1' })).toBeVisible();
  expect(screen.getByRole('status')).toHaveTextContent('Begun: Templates');
  await act(async () => finish(3));
  expect(screen.getByRole('status')).toHaveTextContent('Done: Templates. 3 new.');
  expect(given.toast).toHaveBeenCalledTimes(1);
});
