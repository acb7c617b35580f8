import { act, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { expect, it, vi } from 'vitest';
import { render } from '~/test/render';
import { PersonSelect } from './PersonSelect';

const names = vi.hoisted(() => ({ known: undefined as string | undefined }));
vi.mock('./queries', () => ({
  useName: () => names.known,
  useCustomers: () => ({ data: { number: '919999900000', customers: [] } }),
}));

let learn: (person: string) => void;
let again: () => void;
function Field({ told }: { told: (person: string) => void }) {
  const [person, setPerson] = useState<string>();
  const [, turn] = useState(0);
  learn = setPerson;
  again = () => turn((n) => n + 1);
  return (
    <PersonSelect
      person={person}
      choose={(one) => {
        setPerson(one);
        told(one);
      }}
    />
  );
}

it('keeps what is typed while it learns whose phone it is, and what they are called', async () => {
  const told = vi.fn();
  render(<Field told={told} />);
  const field = screen.getByRole('combobox', { name: 'Whose phone' });
  await userEvent.type(field, '9199999');
  act(() => learn('919999910001'));
  names.known = 'Asha';
  act(() => again());
  await userEvent.type(field, '10003');
  expect(field).toHaveValue('919999910003');
  await userEvent.click(await screen.findByRole('option', { name: 'The number +919999910003' }));
  expect(told).toHaveBeenCalledWith('919999910003');
  names.known = 'Ravi';
  act(() => again());
  expect(field).toHaveValue('Ravi · +919999910003');
});
