import { act, renderHook } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { emptyForm, type Form, type Template } from './form';
import { useAutosave } from './useAutosave';
import type { TemplateForm } from './useTemplateForm';

const { saveTemplate, taken } = vi.hoisted(() => ({ saveTemplate: vi.fn(), taken: vi.fn() }));
vi.mock('./queries', () => ({ saveTemplate, useTaken: () => taken }));

const SAVED = { id: 'tpl_1', status: 'draft' } as unknown as Template;
const print = (form: Form) => JSON.stringify(form);
const standOnSaved = vi.fn();

/** The form with this body; of what is saved the body is "saved". */
const writing = (body: string) => {
  const form = { ...emptyForm('acc_1'), body };
  return {
    dirty: body !== 'saved',
    checking: false,
    print: print(form),
    printOf: print,
    now: () => form,
    read: () => 7,
    standOnSaved,
  } as unknown as TemplateForm;
};

interface Given {
  body: string;
  hindered?: boolean;
  active?: boolean;
}
const onRefused = vi.fn();
const page = (first: Given) =>
  renderHook(
    ({ body, hindered = false, active = true }: Given) =>
      useAutosave({ state: writing(body), saved: SAVED, active, hindered, onRefused }),
    { initialProps: first },
  );
const pass = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));

beforeEach(() => {
  vi.useFakeTimers();
  saveTemplate.mockReset().mockResolvedValue({ ...SAVED, updated_at: 8 });
  onRefused.mockReset();
});
afterEach(() => vi.useRealTimers());

test('what is typed is saved once, a moment after the last key', async () => {
  const { rerender, result } = page({ body: 'saved' });
  expect(result.current.saving).toBe('idle');
  rerender({ body: 'a' });
  await pass(500);
  rerender({ body: 'ab' });
  expect(result.current.saving).toBe('waiting');
  await pass(500);
  expect(saveTemplate).not.toHaveBeenCalled();
  await pass(300);
  expect(saveTemplate).toHaveBeenCalledTimes(1);
  expect(saveTemplate.mock.calls[0]?.[0]).toMatchObject({ typed: true, version: 7, form: { body: 'ab' } });
  expect(standOnSaved).toHaveBeenCalled();
});

test('what the server would refuse waits, and so does what is not to be saved by itself', async () => {
  const { rerender, result } = page({ body: 'half', hindered: true });
  await pass(5_000);
  expect(result.current.saving).toBe('held');
  rerender({ body: 'half', active: false });
  await pass(5_000);
  expect(saveTemplate).not.toHaveBeenCalled();
  rerender({ body: 'whole' });
  await pass(1_000);
  expect(saveTemplate).toHaveBeenCalledTimes(1);
});

test('what was refused is tried again when it is another, or when somebody asks', async () => {
  saveTemplate.mockRejectedValue(new Error('no'));
  const { rerender, result } = page({ body: 'bad' });
  await pass(1_000);
  expect(result.current.saving).toBe('refused');
  expect(onRefused).toHaveBeenCalledTimes(1);
  await pass(60_000);
  expect(saveTemplate).toHaveBeenCalledTimes(1);
  rerender({ body: 'better' });
  await pass(1_000);
  expect(saveTemplate).toHaveBeenCalledTimes(2);
  act(() => result.current.again());
  await pass(1_000);
  expect(saveTemplate).toHaveBeenCalledTimes(3);
});

test('two are never under way, and what was typed meanwhile follows', async () => {
  let answer = () => {};
  saveTemplate.mockImplementationOnce(() => new Promise((done) => (answer = () => done(SAVED))));
  const { rerender } = page({ body: 'one' });
  await pass(800);
  rerender({ body: 'one two' });
  await pass(5_000);
  expect(saveTemplate).toHaveBeenCalledTimes(1);
  answer();
  await pass(0);
  await pass(1_000);
  expect(saveTemplate).toHaveBeenCalledTimes(2);
});

test('leaving the page saves what is due', async () => {
  const { unmount } = page({ body: 'last words' });
  unmount();
  await pass(0);
  expect(saveTemplate).toHaveBeenCalledTimes(1);
});
