import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { expect, test, vi } from 'vitest';
import { render } from '~/test/render';
import { CodeInput } from './CodeInput';

function Field({ done }: { done: (digits: string) => void }) {
  const [value, set] = useState('');
  return <CodeInput value={value} onChange={set} onComplete={done} />;
}

test('a code is pasted as the authenticator copies it', async () => {
  const done = vi.fn();
  render(<Field done={done} />);
  const user = userEvent.setup();
  const field = screen.getByLabelText<HTMLInputElement>(/Code/);
  await user.click(field);
  await user.paste(' 123 456\n');
  expect(field.value).toBe('123456');
  expect(done.mock.calls).toEqual([['123456']]);
  expect(field).toHaveAttribute('autocomplete', 'one-time-code');
  expect(field).toHaveAttribute('inputmode', 'numeric');
});

test('the sixth digit is the last, and is told once', async () => {
  const done = vi.fn();
  render(<Field done={done} />);
  const user = userEvent.setup();
  await user.type(screen.getByLabelText(/Code/), '12a34567');
  expect(done.mock.calls).toEqual([['123456']]);
});
