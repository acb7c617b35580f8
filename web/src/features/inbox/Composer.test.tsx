import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeAll, expect, it, vi } from 'vitest';
import { render } from '~/test/render';
import { Composer } from './Composer';
import type { Conversation } from './queries';

// Growing fields measure anew when fonts arrive, which jsdom never tells.
beforeAll(() => {
  Object.defineProperty(document, 'fonts', {
    configurable: true,
    value: { addEventListener() {}, removeEventListener() {} },
  });
});

const conversation = {
  id: 'cnv_1',
  phone: '+919999910000',
  number: '+919999900000',
  window_closes_at: 10 * 3_600_000,
} as Conversation;

const shown = (text: string, limit = 10) => {
  const set = vi.fn();
  const onSend = vi.fn();
  render(
    <Composer
      conversation={conversation}
      now={0}
      limit={limit}
      held={undefined}
      draft={{
        draft: text,
        standing: 'saved',
        other: undefined,
        set,
        keepMine: () => {},
        takeOther: () => {},
        send: () => ({ version: undefined, done: () => {} }),
      }}
      onSend={onSend}
      onTemplate={() => {}}
    />,
  );
  return { set, onSend };
};

it('sends by key what fits, without the spaces around it', async () => {
  const { onSend } = shown(' hello ');
  await userEvent.type(screen.getByRole('textbox', { name: 'Message' }), '{Control>}{Enter}{/Control}');
  expect(onSend).toHaveBeenCalledWith('hello');
});

it('counts characters as people do, and sends nothing that is too long', async () => {
  const { onSend } = shown('👍'.repeat(11));
  expect(screen.getByText(/^1 character too many/)).toBeVisible();
  await userEvent.click(screen.getByRole('button', { name: 'Send' }));
  expect(onSend).not.toHaveBeenCalled();
});

it('says from which number an answer leaves', () => {
  shown('');
  expect(screen.getByText(/the number they last wrote to/)).toHaveTextContent('+91 99999 00000');
});
