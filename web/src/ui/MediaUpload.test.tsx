import { act, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, it, vi } from 'vitest';
import { ApiProblem } from '~/api/client';
import { render } from '~/test/render';
import type { FileRules } from './files';
import { MediaUpload } from './MediaUpload';

const RULES: FileRules = {
  kinds: [{ kind: 'image', bytes: 5 << 20, types: ['image/png'], endings: ['png'] }],
};
const upload = vi.hoisted(() => vi.fn());
const rules = vi.hoisted(() => vi.fn());
vi.mock('./files', async (original) => ({
  ...(await original<typeof import('./files')>()),
  useFileRules: rules,
  uploadFile: upload,
}));

const png = new File(['x'], 'offer.png', { type: 'image/png' });
const field = () => screen.getByLabelText('Or upload a file, or drop it here');
const shown = () => {
  const onUploaded = vi.fn();
  render(<MediaUpload kind="image" name="Upload" onUploaded={onUploaded} />);
  return onUploaded;
};

beforeEach(() => {
  upload.mockReset();
  rules.mockReturnValue(RULES);
});

it('is not there for those who may not upload, and for kinds that nobody takes', () => {
  rules.mockReturnValue(undefined);
  shown();
  expect(screen.queryByRole('region')).toBeNull();
  rules.mockReturnValue({ kinds: [] });
  shown();
  expect(screen.queryByRole('region')).toBeNull();
});

it('tells how far it is, can be cancelled, and hands on what was uploaded', async () => {
  let arrive = (_: unknown) => {};
  upload.mockImplementation((_file, _more, progress: (share: number) => void, signal: AbortSignal) => {
    progress(0.25);
    return new Promise((resolve, reject) => {
      arrive = resolve;
      signal.addEventListener('abort', () => reject(new DOMException('Left', 'AbortError')));
    });
  });
  const onUploaded = shown();
  expect(field()).toHaveAccessibleDescription('png, 5 MB at most.');
  await userEvent.upload(field(), png);
  expect(screen.getByRole('progressbar', { name: 'Uploading' })).toHaveAttribute('aria-valuenow', '25');
  expect(field()).toBeDisabled();
  await userEvent.click(screen.getByRole('button', { name: 'Cancel' }));
  expect(screen.queryByRole('progressbar')).toBeNull();
  expect(screen.queryByRole('alert')).toBeNull();
  await userEvent.upload(field(), png);
  await act(async () => arrive({ url: 'https://h.example/files/x' }));
  expect(upload).toHaveBeenCalledWith(png, { kind: 'image' }, expect.anything(), expect.anything());
  expect(onUploaded).toHaveBeenCalledExactlyOnceWith({ url: 'https://h.example/files/x' });
  expect(screen.getByRole('status')).toHaveTextContent('offer.png is uploaded.');
});

it('says what is wrong with the file, by the words of the field', async () => {
  const errors = [{ pointer: '/body', code: 'other_content', detail: 'It is a web page.' }];
  upload.mockRejectedValue(
    new ApiProblem({ status: 422, code: 'invalid', detail: 'One field is not right.', help: '', errors }),
  );
  const onUploaded = shown();
  await userEvent.upload(field(), png);
  expect(screen.getByRole('alert')).toHaveTextContent('It is a web page.');
  expect(onUploaded).not.toHaveBeenCalled();
});
