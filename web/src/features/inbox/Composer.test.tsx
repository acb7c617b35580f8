import { act, fireEvent, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiProblem } from '~/api/client';
import { render } from '~/test/render';
import type { FileRules } from '~/ui/files';
import { attachments } from './attachments';
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
  const onSendFile = vi.fn();
  render(
    <Composer
      conversation={conversation}
      now={0}
      sender={{ account: undefined, number: undefined, limit, caption: 5, can: (kind) => kind !== 'sticker' }}
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
      onSendFile={onSendFile}
      onTemplate={() => {}}
    />,
  );
  return { set, onSend, onSendFile };
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

const RULES: FileRules = {
  kinds: [
    { kind: 'image', bytes: 100, types: ['image/png'], endings: ['png'] },
    { kind: 'audio', bytes: 100, types: ['audio/ogg'], endings: ['ogg'] },
    { kind: 'sticker', bytes: 100, types: ['image/webp'], endings: ['webp'] },
  ],
  unreachable: 'Providers cannot fetch it.',
};
const upload = vi.hoisted(() => vi.fn());
vi.mock('~/ui/files', async (original) => ({
  ...(await original<typeof import('~/ui/files')>()),
  useFileRules: () => RULES,
  uploadFile: upload,
}));

const png = (bytes: number) => new File(['x'.repeat(bytes)], 'kurta.png', { type: 'image/png' });
const chooser = () => document.querySelector<HTMLInputElement>('input[data-attach]') as HTMLInputElement;

describe('attaching', () => {
  beforeEach(() => {
    upload.mockReset();
    attachments.remove('cnv_1');
    URL.createObjectURL = () => 'blob:kurta';
    URL.revokeObjectURL = () => {};
  });

  it('uploads at once, and sends the file with its words', async () => {
    const there = { url: 'https://h.example/files/hkf_1/kurta.png', kind: 'image', name: 'other.png' };
    let arrive = (_: unknown) => {};
    upload.mockReturnValue(new Promise((resolve) => (arrive = resolve)));
    const { onSend, onSendFile } = shown('Blue');
    expect(screen.getByRole('button', { name: 'Attach a file' })).toHaveAccessibleDescription(/images 1 kB/);
    await userEvent.upload(chooser(), png(50));
    const send = screen.getByRole('button', { name: 'Send' });
    expect(screen.getByRole('progressbar', { name: 'Uploading' })).toBeInTheDocument();
    expect(screen.getByText('Providers cannot fetch it.')).toBeVisible();
    await userEvent.click(send);
    expect(onSendFile).not.toHaveBeenCalled();
    await act(async () => arrive(there));
    await userEvent.click(send);
    expect(onSendFile).toHaveBeenCalledWith({ ...there, name: 'kurta.png' }, 'Blue');
    expect(onSend).not.toHaveBeenCalled();
  });

  it('says before anything leaves why a file cannot go', async () => {
    shown('');
    const user = userEvent.setup({ applyAccept: false });
    await user.upload(chooser(), png(101));
    expect(screen.getByRole('alert')).toHaveTextContent('WhatsApp takes at most');
    // The provider does not carry stickers.
    await user.upload(chooser(), new File(['x'], 'smile.webp', { type: 'image/webp' }));
    expect(screen.getByRole('alert')).toHaveTextContent('smile.webp is of a type that is not taken here');
    expect(upload).not.toHaveBeenCalled();
  });

  it('counts the words of a file by their own limit, and keeps words that it cannot carry', async () => {
    upload.mockResolvedValue({ url: 'u', kind: 'audio', name: 'a.ogg' });
    const { onSendFile } = shown('Seven w');
    await userEvent.upload(chooser(), new File(['x'], 'a.ogg', { type: 'audio/ogg' }));
    expect(screen.getByText(/what you wrote stays here/)).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Send' }));
    expect(onSendFile).toHaveBeenCalledWith({ url: 'u', kind: 'audio', name: 'a.ogg' }, '');
    upload.mockResolvedValue({ url: 'u', kind: 'image', name: 'a' });
    await userEvent.upload(chooser(), png(3));
    expect(screen.getByText(/^2 characters too many/)).toBeVisible();
  });

  it('takes what is pasted or dropped, tries again, and lets it be removed', async () => {
    upload.mockRejectedValueOnce(new ApiProblem({ status: 503, code: 'odd', detail: 'No room.', help: '' }));
    shown('');
    const field = screen.getByRole('textbox', { name: 'Message' });
    // Words that an office program copied with a picture beside them stay words.
    fireEvent.paste(field, { clipboardData: { files: [png(3)], types: ['text/plain', 'Files'] } });
    expect(screen.queryByRole('region', { name: 'Attached file' })).toBeNull();
    await act(async () => {
      fireEvent.paste(field, { clipboardData: { files: [png(3)], types: ['Files'] } });
    });
    expect(screen.getByRole('alert')).toHaveTextContent('No room.');
    upload.mockResolvedValue({ url: 'u', kind: 'image', name: 'a' });
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(screen.getByText(/uploaded/)).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Remove the file' }));
    expect(screen.queryByRole('region', { name: 'Attached file' })).toBeNull();
    await act(async () => {
      fireEvent.drop(screen.getByRole('region', { name: 'Answer' }), {
        dataTransfer: { files: [png(3), png(4)], types: ['Files'] },
      });
    });
    expect(screen.getByRole('region', { name: 'Attached file' })).toBeVisible();
    expect(screen.getByRole('alert')).toHaveTextContent('Only the first file is attached');
  });
});
