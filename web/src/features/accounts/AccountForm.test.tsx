import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ApiProblem, api } from '~/api/client';
import { render } from '~/test/render';
import { AccountForm } from './AccountForm';
import type { Account, Field, Provider } from './queries';

// It asks the router, which these tests do without; the browser story leaves pages.
vi.mock('~/ui/useGuard', () => ({ useGuard: () => () => {} }));

const field = (key: string, label: string, type: string, more: Partial<Field> = {}): Field => ({
  key,
  label,
  type,
  help: '',
  required: true,
  ...more,
});
const PROVIDER = {
  id: 'practice',
  name: 'Practice',
  network_hint: '',
  fields: [
    field('nickname', 'Nickname', 'text'),
    field('password', 'Password', 'secret'),
    field('number', 'Mobile number', 'phone_or_code'),
    field('base_url', 'Gateway URL', 'url', { required: false, default: 'https://gateway.example' }),
  ],
} as unknown as Provider;
const SAVED = {
  id: 'acc_1',
  settings: { nickname: 'Shop', password: { set: true }, number: '+919999900001' },
} as unknown as Account;
const having = (settings: Record<string, unknown>) =>
  ({ ...SAVED, settings: { ...SAVED.settings, ...settings } }) as unknown as Account;
const RESULTS = {
  ok: false,
  nickname: 'Shop',
  results: [
    { credential: 'Key', problem: { kind: 'auth', detail: 'no', help: 'Enter it again.' }, answer: 'raw' },
  ],
};

const refusal = (pointer: string, code: string, detail: string) =>
  new ApiProblem({ status: 422, code: 'invalid', detail: '', help: '', errors: [{ pointer, code, detail }] });

let saved = vi.fn();
beforeEach(() => {
  saved = vi.fn();
});
afterEach(() => {
  vi.restoreAllMocks();
});

function Page({ first, then }: { first?: Account; then?: Account }) {
  const [account, setAccount] = useState(first);
  return (
    <>
      <AccountForm
        provider={PROVIDER}
        {...(account && { account })}
        urls={{ inbound: 'https://a.example/i', reports: 'https://a.example/r' }}
        called={{}}
        addresses={[]}
        writable
        onSaved={saved}
      />
      <button type="button" onClick={() => setAccount(then)}>
        Somebody else saves
      </button>
    </>
  );
}
const box = (name: RegExp) => screen.getByLabelText(name, { selector: 'input' });
const press = (name: string) => userEvent.click(screen.getByRole('button', { name }));

test('what is missing is marked, the first of it has the focus, and nobody is asked', async () => {
  const post = vi.spyOn(api, 'POST');
  render(<Page />);
  await press('Save');
  expect(screen.getByText('Fill this in: Password')).toBeInTheDocument();
  expect(box(/^Nickname/)).toHaveFocus();
  expect(box(/^Password/)).toHaveAttribute('aria-invalid', 'true');
  await press('Test the settings');
  expect(post).not.toHaveBeenCalled();
});

test('a change of somebody else comes in beside what is being typed', async () => {
  const patch = vi.spyOn(api, 'PATCH').mockResolvedValue({ data: SAVED } as never);
  const then = having({ number: '+919999900002' });
  render(<Page first={SAVED} then={then} />);
  await userEvent.type(box(/^Nickname/), ' two');
  await press('Somebody else saves');
  expect(box(/^Nickname/)).toHaveValue('Shop two');
  expect(box(/^Mobile number/)).toHaveValue('+919999900002');
  await press('Save changes');
  await waitFor(() => expect(saved).toHaveBeenCalled());
  expect(patch.mock.calls[0]?.[1]).toMatchObject({
    body: { settings: { nickname: 'Shop two' }, check: true },
  });
});

test('a secret that is asked for again can be typed', async () => {
  const words = 'It was given for another host.';
  vi.spyOn(api, 'PATCH').mockRejectedValue(refusal('/settings/password', 'secret_needed_again', words));
  render(<Page first={SAVED} />);
  expect(screen.getByText('It is set, and is never shown.')).toBeInTheDocument();
  await userEvent.type(box(/^Nickname/), '!');
  await press('Save changes');
  expect(await screen.findByText(words)).toBeInTheDocument();
  expect(box(/^Password/)).toHaveFocus();
  await userEvent.keyboard('hush');
  expect(box(/^Password/)).toHaveValue('hush');
});

test('a refused save shows what each set of credentials was answered, and can be had all the same', async () => {
  const post = vi.spyOn(api, 'POST').mockImplementation(((
    path: string,
    given: { body: { check?: boolean } },
  ) => {
    if (path.endsWith('/try')) return Promise.resolve({ data: RESULTS });
    if (given.body.check) return Promise.reject(refusal('/settings', 'check_failed', 'all in one'));
    return Promise.resolve({ data: SAVED });
  }) as never);
  render(<Page />);
  await userEvent.type(box(/^Nickname/), 'Shop');
  await userEvent.type(box(/^Password/), 'wrong');
  await userEvent.type(box(/^Mobile number/), '+919999900001');
  await press('Save');
  expect(await screen.findByRole('group', { name: 'Key: does not work' })).toHaveTextContent(
    'Enter it again.',
  );
  expect(screen.queryByText(/all in one/)).not.toBeInTheDocument();
  await userEvent.type(box(/^Nickname/), '!');
  expect(screen.getByText(/You changed the form after this/)).toBeInTheDocument();
  await press('Save all the same');
  await waitFor(() => expect(saved).toHaveBeenCalledWith(SAVED));
  expect(post.mock.lastCall?.[1]).toMatchObject({ body: { check: false, settings: { password: 'wrong' } } });
});

test('Enter in the test message sends it and saves nothing', async () => {
  const tried = { accepted: true, reference: 'msg_1', egress_addresses: [] };
  const post = vi.spyOn(api, 'POST').mockResolvedValue({ data: tried } as never);
  const patch = vi.spyOn(api, 'PATCH');
  render(<Page first={SAVED} />);
  await userEvent.type(box(/^Text/), 'Hello{Enter}');
  expect(box(/^To/)).toHaveFocus();
  expect(post).not.toHaveBeenCalled();
  await userEvent.keyboard('+919999912345{Enter}');
  expect(await screen.findByRole('group', { name: 'The provider took it' })).toBeInTheDocument();
  expect(post).toHaveBeenCalledOnce();
  expect(post.mock.calls[0]?.[1]).toMatchObject({ body: { account_id: 'acc_1', to: '+919999912345' } });
  expect(patch).not.toHaveBeenCalled();
});

test('what seldom changes shows itself once it was changed', () => {
  const other = having({ base_url: 'https://other.example' });
  const { unmount } = render(<Page first={SAVED} />);
  expect(screen.queryByLabelText('Gateway URL')).not.toBeInTheDocument();
  unmount();
  render(<Page first={other} />);
  expect(screen.getByLabelText('Gateway URL')).toHaveValue('https://other.example');
});
