import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import type { Schemas } from '~/api/client';
import { render } from '~/test/render';
import { DailyLimit } from './DailyLimit';

const mutateAsync = vi.hoisted(() => vi.fn(async () => ({})));
vi.mock('./queries', () => ({ useChangeNumber: () => ({ mutateAsync, isPending: false }) }));

it('keeps a limit, and an empty field takes it away', async () => {
  const number = { id: 'num_1', sent_24h: 0, daily_limit: 250 } as Schemas['NumberInUse'];
  render(<DailyLimit number={number} />);
  const field = screen.getByRole('textbox', { name: 'People it may begin to write to in 24 hours' });
  expect(screen.queryByRole('button', { name: 'Save the limit' })).toBeNull();
  await userEvent.clear(field);
  await userEvent.click(screen.getByRole('button', { name: 'Save the limit' }));
  expect(mutateAsync).toHaveBeenLastCalledWith({ id: 'num_1', change: { daily_limit: null } });
  await userEvent.type(field, '1000');
  await userEvent.click(screen.getByRole('button', { name: 'Save the limit' }));
  expect(mutateAsync).toHaveBeenLastCalledWith({ id: 'num_1', change: { daily_limit: 1000 } });
});
