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

/** The server wants a code after the password, and answers to codes like this. */
function asksForCode(...answers: (ApiProblem | { user: string })[]) {
  const post = vi.spyOn(api, 'POST');
  post.mockResolvedValueOnce({ data: { token: 'half', expires_at: 0 } } as never);
  for (const answer of answers) {
    if (answer instanceof ApiProblem) post.mockRejectedValueOnce(answer);
    else post.mockResolvedValueOnce({ data: answer } as never);
  }
  return post;
}

const refused = (status: number, code: string, after?: number) =>
  new ApiProblem({ status, code, detail: code, help: `help for ${code}` }, after);

test('after the password the code is asked for, and six digits are sent by themselves', async () => {
  const post = asksForCode({ user: 'Meera' });
  const entered = vi.fn();
  render(<SignInForm entered={entered} />);
  await tryIn();
  const field = await screen.findByLabelText(/Code/);
  expect(field).toHaveFocus();
  await userEvent.setup().paste('123 456');
  expect(post.mock.lastCall).toEqual(['/api/v1/session/code', { body: { token: 'half', code: '123456' } }]);
  await vi.waitFor(() => expect(entered).toHaveBeenCalledWith({ user: 'Meera' }));
});

test('a wrong code is selected to be typed over, and what to do is said', async () => {
  asksForCode(refused(401, 'wrong_code'));
  render(<SignInForm entered={vi.fn()} />);
  await tryIn();
  await screen.findByLabelText(/Code/);
  await userEvent.setup().paste('123456');
  expect(await screen.findByRole('alert')).toHaveTextContent('help for wrong_code');
  const field = screen.getByLabelText<HTMLInputElement>(/Code/);
  expect([field.selectionStart, field.selectionEnd]).toEqual([0, 6]);
});

test('too many codes show the time to wait, live', async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  asksForCode(refused(429, 'too_many_tries', 30));
  render(<SignInForm entered={vi.fn()} />);
  const user = userEvent.setup({ advanceTimers: vi.advanceTimersByTime });
  await tryIn(user);
  await screen.findByLabelText(/Code/);
  await user.paste('123456');
  expect(await screen.findByRole('alert')).toHaveTextContent('30 seconds');
  expect(screen.getByRole('button', { name: 'Sign in' })).toBeDisabled();
  act(() => vi.advanceTimersByTime(30_500));
  expect(screen.getByRole('alert')).toHaveTextContent('You can try again now.');
  expect(screen.getByRole('button', { name: 'Sign in' })).toBeEnabled();
});

test('a code that comes too late leads back to the password', async () => {
  asksForCode(refused(401, 'sign_in_expired'));
  render(<SignInForm entered={vi.fn()} />);
  await tryIn();
  await screen.findByLabelText(/Code/);
  await userEvent.setup().paste('123456');
  expect(await screen.findByRole('alert')).toHaveTextContent('That took too long');
  expect(screen.getByLabelText(/Email/)).toHaveValue('meera@example.com');
  expect(screen.getByLabelText(/Password \*/)).toHaveValue('');
});

test('a recovery code is typed into a field of its own', async () => {
  const post = asksForCode({ user: 'Meera' });
  const user = userEvent.setup();
  render(<SignInForm entered={vi.fn()} />);
  await tryIn(user);
  await user.click(await screen.findByRole('button', { name: 'Use a recovery code' }));
  await user.type(screen.getByLabelText(/Recovery code/), 'zw01-4d2p-f2db-sqqg{Enter}');
  expect(post.mock.lastCall?.[1]).toEqual({ body: { token: 'half', code: 'zw01-4d2p-f2db-sqqg' } });
});
