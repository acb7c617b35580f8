import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { expect, it, vi } from 'vitest';
import { render } from '~/test/render';
import { ConditionFilter, ConditionWords } from './ConditionFilter';
import type { Condition } from './routes';

vi.mock('~/ui/people', () => ({
  BUILT_IN: ['name'],
  useAttributeNames: () => ['city'],
  useAttributeValues: () => ['Pune'],
  useIsDate: () => false,
}));

let told: Condition[] | undefined;
function Filter() {
  const [conditions, set] = useState<Condition[]>();
  told = conditions;
  return (
    <>
      <ConditionFilter conditions={conditions} set={set} />
      {conditions && <ConditionWords conditions={conditions} set={set} />}
    </>
  );
}

it('takes conditions only when they can be asked, and each can be taken away', async () => {
  render(<Filter />);
  await userEvent.click(screen.getByRole('button', { name: 'Conditions' }));
  const show = await screen.findByRole('button', { name: 'Show these people' });
  await userEvent.type(screen.getByRole('combobox', { name: 'Attribute' }), 'city');
  expect(show).toHaveProperty('disabled', true);
  await userEvent.type(screen.getByRole('combobox', { name: 'Value' }), 'Pune');
  await userEvent.click(show);
  expect(told).toEqual([{ attribute: 'city', is: 'equal', value: 'Pune' }]);
  expect(await screen.findByText('city is Pune')).toBeTruthy();
  await userEvent.click(screen.getByRole('button', { name: 'Remove: city is Pune', hidden: true }));
  expect(told).toBeUndefined();
});
