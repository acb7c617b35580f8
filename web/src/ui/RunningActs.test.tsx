import { screen } from '@testing-library/react';
import { expect, it, vi } from 'vitest';
import { render } from '~/test/render';
import type { Bulk } from './bulk';
import { BulkAct } from './RunningActs';

vi.mock('@tanstack/react-router', () => ({
  Link: ({ to, ...props }: { to: string }) => <a href={to} {...props} />,
}));
vi.mock('~/api/session', () => ({ useCan: () => () => true }));

const act: Bulk = {
  id: 'blk_1',
  act: 'add_to_list',
  state: 'finished',
  list_id: 'lst_1',
  list: 'VIP',
  total: 1_000,
  done: 1_000,
  changed: 40,
  created_at: 0,
};

it('tells what came of an act on everybody', () => {
  render(<BulkAct act={act} />);
  expect(screen.getByText('1,000 people onto the list VIP')).toBeTruthy();
  expect(screen.getByText('Finished: 40 changed, the others were so already.')).toBeTruthy();
  expect(screen.getByRole('link', { name: 'Show the list' })).toBeTruthy();
});

it('tells those it is for from those it looks at', () => {
  const recipients = { ...act, campaign_id: 'cmp_1', campaign: 'Diwali', matched: 60 };
  const { unmount } = render(<BulkAct act={{ ...recipients, state: 'running', done: 500 }} />);
  expect(screen.getByText('Recipients of Diwali onto the list VIP')).toBeTruthy();
  expect(screen.getByText('500 looked at so far, 60 of them match')).toBeTruthy();
  expect(screen.getByRole('progressbar', { name: 'Recipients of Diwali onto the list VIP' })).toBeTruthy();
  unmount();
  render(<BulkAct act={recipients} />);
  expect(
    screen.getByText('Finished: 60 match, 40 of them changed, the others were so already.'),
  ).toBeTruthy();
});
