import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { beforeEach, expect, it, vi } from 'vitest';
import { render } from '~/test/render';
import { Corrections } from './Corrections';
import type { Check, RowProblem } from './queries';

const given = vi.hoisted(() => ({ correct: vi.fn() }));
vi.mock('./queries', () => ({ correct: given.correct }));

const bad: RowProblem = {
  line: 7,
  column: 'phone',
  reason: 'is no number',
  value: '12',
  fields: ['12', 'Asha'],
  corrected: false,
};
const torn: RowProblem = {
  ...bad,
  line: 9,
  column: null,
  reason: 'has too few fields',
  fields: ['+919999900001', ''],
};
const check = (...problems: RowProblem[]): Check => ({
  rows: 10,
  new: 8,
  updated: 0,
  unchanged: 0,
  duplicate_in_file: 0,
  corrected: 0,
  invalid: problems.filter((row) => !row.corrected).length,
  opt_outs_kept: 0,
  no_consent: 0,
  encoding: 'utf-8',
  problems,
});

function Step({ first }: { first: Check }) {
  const [result, tell] = useState(first);
  return <Corrections result={result} id="imp_1" columns={['phone', 'name']} tell={tell} />;
}

beforeEach(() => given.correct.mockReset());

it('saves the field at fault with the rest of its row, until it fits', async () => {
  render(<Step first={check(bad, torn)} />);
  const field = screen.getByRole('textbox', { name: 'phone in line 7' });
  expect(screen.queryByRole('textbox', { name: 'name in line 7' })).toBeNull();
  given.correct.mockResolvedValueOnce(check({ ...bad, fields: ['13', 'Asha'], value: '13' }, torn));
  await userEvent.clear(field);
  await userEvent.type(field, '13');
  await userEvent.click(screen.getByRole('button', { name: 'Save line 7' }));
  expect(given.correct).toHaveBeenCalledWith('imp_1', 7, ['13', 'Asha']);
  expect(await screen.findByText('Line 7 does not fit yet.')).toBeInTheDocument();
  const fits = { ...bad, corrected: true, reason: '', value: '+919999900007, Asha', column: null };
  given.correct.mockResolvedValueOnce(check({ ...fits, fields: ['+919999900007', 'Asha'] }, torn));
  await userEvent.type(screen.getByRole('textbox', { name: 'phone in line 7' }), '{Enter}');
  expect(await screen.findByText('+919999900007, Asha')).toBeVisible();
  expect(screen.queryByRole('textbox', { name: 'phone in line 7' })).toBeNull();
  await userEvent.click(screen.getByRole('button', { name: 'Change line 7' }));
  expect(screen.getByRole('textbox', { name: 'name in line 7' })).toHaveValue('Asha');
});

it('shows all columns of a row that has no one column at fault, and keeps what was typed when saving fails', async () => {
  render(<Step first={check(torn)} />);
  await userEvent.type(screen.getByRole('textbox', { name: 'name in line 9' }), 'Ravi');
  given.correct.mockRejectedValueOnce(new Error('away'));
  await userEvent.click(screen.getByRole('button', { name: 'Save line 9' }));
  expect(await screen.findByText('away')).toBeVisible();
  expect(screen.getByRole('textbox', { name: 'name in line 9' })).toHaveValue('Ravi');
});

it('says how many are not shown, and where all of them are', () => {
  render(<Step first={{ ...check(torn), invalid: 101 }} />);
  expect(screen.getByText(/100 more are not shown/)).toBeVisible();
  expect(screen.getByRole('link', { name: 'Download all bad rows' })).toHaveAttribute(
    'href',
    '/api/v1/imports/imp_1/errors',
  );
});
