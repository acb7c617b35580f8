import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { render } from '~/test/render';
import { Funnel } from './Funnel';

const stages = [
  { key: 'all', label: 'People', about: 'Everybody.', value: 1200 },
  { key: 'read', label: 'Read', about: 'They opened it.', value: 300 },
];

test('says its numbers as bars and as a table', async () => {
  render(<Funnel label="How far" stages={stages} whole={1200} of="Of all people" />);
  expect(screen.getByRole('img', { name: 'Read: 300, 25%' })).toBeInTheDocument();
  await userEvent.click(screen.getByRole('button', { name: 'Show as table' }));
  expect(screen.queryByRole('img')).toBeNull();
  expect(screen.getByRole('row', { name: 'People 1,200 100%' })).toBeInTheDocument();
});

test('nothing of nothing is no share', () => {
  render(<Funnel label="How far" stages={[{ ...stages[1]!, value: 0 }]} whole={0} of="Of all people" />);
  expect(screen.getByRole('img', { name: 'Read: 0, –' })).toBeInTheDocument();
});

test('says what the steps mean without a mouse, beside bars and in the table', async () => {
  const { container } = render(<Funnel label="How far" stages={stages} whole={1200} of="Of all people" />);
  const ask = screen.getByRole('button', { name: 'What the steps mean' });
  ask.focus();
  await userEvent.keyboard('{Enter}');
  expect(ask).toHaveAttribute('aria-expanded', 'true');
  expect(container.querySelector('figure')).toHaveAttribute('data-explained');
  expect(screen.getByText('They opened it.')).toBeInTheDocument();
  await userEvent.click(screen.getByRole('button', { name: 'Show as table' }));
  expect(screen.getByText('They opened it.')).toBeInTheDocument();
});
