import { fireEvent, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { expect, it, vi } from 'vitest';
import { render } from '~/test/render';
import type { Condition } from '../queries';
import { Conditions } from './Conditions';

vi.mock('~/ui/people', () => ({
  BUILT_IN: ['name'],
  useAttributeNames: () => ['city', 'points', 'since'],
  useIsDate: (name: string) => name === 'since',
  useAttributeValues: (name: string) => (name === 'city' ? ['Pune', 'Mumbai'] : ['7', 'many']),
}));

let told: Condition[] = [];
function Field({ first }: { first: Condition }) {
  const [all, setAll] = useState([first]);
  told = all;
  return (
    <Conditions
      all={all}
      onChange={setAll}
      errorAt={() => undefined}
      pointer="/audience/all"
      legend="People"
    />
  );
}

it('offers values that people have, and takes others', async () => {
  render(<Field first={{ attribute: 'city', is: 'equal' }} />);
  const value = screen.getByRole('combobox', { name: 'Value' });
  await userEvent.type(value, 'mum');
  await userEvent.click(await screen.findByRole('option', { name: 'Mumbai' }));
  expect(told[0]?.value).toBe('Mumbai');
  await userEvent.clear(value);
  await userEvent.type(value, 'Nashik');
  expect(told[0]?.value).toBe('Nashik');
});

it('offers several for a list, and numbers alone for what compares numbers', async () => {
  const { unmount } = render(<Field first={{ attribute: 'city', is: 'one_of', value: [] as never }} />);
  await userEvent.click(screen.getByRole('combobox', { name: 'Values' }));
  await userEvent.click(await screen.findByRole('option', { name: 'Pune' }));
  expect(told[0]?.value).toEqual(['Pune']);
  unmount();
  render(<Field first={{ attribute: 'points', is: 'above' }} />);
  await userEvent.click(screen.getByRole('combobox', { name: 'Value' }));
  expect((await screen.findAllByRole('option')).map((option) => option.textContent)).toEqual(['7']);
});

it('asks for a day where people have dates', async () => {
  render(<Field first={{ attribute: 'since', is: 'above' }} />);
  expect(screen.getByRole('combobox', { name: 'Comparison' })).toHaveValue('is after');
  const value = screen.getByLabelText('Value');
  expect(value).toHaveAttribute('type', 'date');
  fireEvent.change(value, { target: { value: '2026-12-31' } });
  expect(told[0]?.value).toBe('2026-12-31');
});
