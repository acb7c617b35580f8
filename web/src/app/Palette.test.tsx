import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import { render } from '~/test/render';
import { HelpSheet } from './HelpSheet';
import { PLACES } from './nav';
import { Palette } from './Palette';

const given = vi.hoisted(() => ({ navigate: vi.fn(), may: ['campaigns.write', 'users.manage'] }));
vi.mock('@tanstack/react-router', () => ({ useNavigate: () => given.navigate }));
vi.mock('~/api/session', () => ({ useCan: () => (permission: string) => given.may.includes(permission) }));

it('offers what one may begin, and nothing else', async () => {
  render(<Palette places={PLACES} />);
  await userEvent.click(screen.getByRole('button', { name: 'Go to or find' }));
  await screen.findByRole('button', { name: 'New campaign' });
  expect(screen.queryByRole('button', { name: 'New template' })).toBeNull();
  expect(screen.queryByRole('button', { name: 'Add a provider' })).toBeNull();
  await userEvent.click(screen.getByRole('button', { name: 'Invite somebody' }));
  expect(given.navigate).toHaveBeenCalledWith({ to: '/settings/people', search: { invite: true } });
});

it('the help lists the keys that act in a conversation', async () => {
  render(<HelpSheet />);
  await userEvent.click(screen.getByRole('button', { name: 'Help and keys' }));
  const rows = (await screen.findAllByRole('row')).map((row) => row.textContent);
  for (const [keys, what] of [
    ['g', 'Inbox'],
    ['r', 'write an answer'],
    ['t', 'send a template'],
    ['Ctrl + Enter', 'send it'],
    ['Ctrl + B', 'bold'],
  ])
    expect(rows.some((row) => row?.includes(keys ?? '') && row.includes(what ?? ''))).toBe(true);
});
