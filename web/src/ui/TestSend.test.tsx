import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import { render } from '~/test/render';
import { TestSend } from './TestSend';

vi.mock('~/api/session', () => ({ useCan: () => () => false }));
vi.mock('~/i18n/said', () => ({
  useSaid: () => (text: string) => `[${text}]`,
  said: (text: string) => text,
}));
vi.mock('./SentMessage', () => ({ SentMessage: () => null }));

it('says why a test waits in the language of the page', async () => {
  const send = async () => ({ message_id: 'msg_1', waits: 'The account sends nothing.' });
  render(<TestSend opened onClose={() => {}} subject="welcome" send={send} />);
  await userEvent.type(await screen.findByRole('textbox', { name: 'Phone number' }), '+919999900001');
  await userEvent.click(screen.getByRole('button', { name: 'Send the test' }));
  expect(await screen.findByText('[The account sends nothing.]')).toBeVisible();
});
