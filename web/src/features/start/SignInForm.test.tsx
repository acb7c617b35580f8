import { act, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test, vi } from 'vitest';
import { ApiProblem, api } from '~/api/client';
import { render } from '~/test/render';
import { SignInForm } from './SignInForm';

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const refuse = (status: number, code: string, after?: number) =>
  vi.spyOn(api, 'POST').mockRejectedValue(new ApiProblem({ status, code, detail: code, help: '' }, after));

async function tryIn(user = userEvent.setup()) {
  await user.click(screen.getByLabelText(/Email/));
  await user.paste('meera@example.com');
  await user.click(screen.getByLabelText(/Password \*/));
  await user.paste('not the password');
  await user.click(screen.getByRole('button', { name: 'Sign in' }));
}

test('a wrong password names the next step, with the command for this person', async () => {
  refuse(401, 'wrong_sign_in');
  const entered = vi.fn();
  render(<SignInForm entered={entered} />);
  await tryIn();
  expect(await screen.findByRole('alert')).toHaveTextContent('harkara user reset-password meera@example.com');
  expect(entered).not.toHaveBeenCalled();
  // What was typed is kept, selected to be written over.
  const field = screen.getByLabelText<HTMLInputElement>(/Password \*/);
  expect(field).toHaveFocus();
  expect(field.value).toBe('not the password');
});

test('too many tries show the time to wait, and the button waits as well', async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  refuse(429, 'too_many_tries', 90);
  render(<SignInForm entered={vi.fn()} />);
  await tryIn(userEvent.setup({ advanceTimers: vi.advanceTimersByTime }));
  expect(await screen.findByRole('alert')).toHaveTextContent('90 seconds');
  expect(screen.getByRole('button', { name: 'Sign in' })).toBeDisabled();
  act(() => vi.advanceTimersByTime(90_500));
  expect(screen.getByRole('alert')).toHaveTextContent('You can try again now.');
  expect(screen.getByRole('button', { name: 'Sign in' })).toBeEnabled();
});

test('the eye shows the password, from the keyboard too', async () => {
  render(<SignInForm entered={vi.fn()} />);
  const user = userEvent.setup();
  const field = screen.getByLabelText(/Password \*/);
  expect(field).toHaveAttribute('type', 'password');
  await user.click(field);
  await user.tab();
  await user.keyboard('{Enter}');
  expect(field).toHaveAttribute('type', 'text');
});
