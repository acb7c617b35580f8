import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type Copy, type Draft, Keeper } from './draftKeeper';

class Conflict extends Error {}
class Refusal extends Error {}

/** A server with one draft, and browsers that ask it. */
function server(begun = '') {
  let n = 0;
  let there: Draft = begun === '' ? { text: '' } : { text: begun, version: `v${++n}` };
  const state = { away: false, writes: [] as string[] };
  const browser = () => {
    let copy: Copy | undefined;
    /** Answers wait for this, as on a slow line. */
    let gate: Promise<void> = Promise.resolve();
    const open = () =>
      new Keeper({
        read: async () => {
          if (state.away) throw new Error('away');
          return there;
        },
        write: async (text, since) => {
          if (state.away) throw new Error('away');
          if (text.length > 20) throw new Refusal();
          await gate;
          if ((there.version ?? undefined) !== since) throw new Conflict();
          state.writes.push(text);
          there = text === '' ? { text: '' } : { text, version: `v${++n}` };
          return there;
        },
        isConflict: (error) => error instanceof Conflict,
        isRefusal: (error) => error instanceof Refusal,
        copy: () => copy,
        keep: (next) => {
          copy = next;
          return true;
        },
        saved: () => {},
      });
    return {
      open,
      kept: () => copy,
      slow: () => {
        let go = () => {};
        gate = new Promise((resolve) => {
          go = () => resolve();
        });
        return () => go();
      },
    };
  };
  return {
    state,
    browser,
    there: () => there,
    /** Takes an answer with this version of the draft. */
    answer: (version: string | undefined) => {
      if (version && there.version === version) there = { text: '' };
    },
  };
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

async function opened(keeper: Keeper): Promise<Keeper> {
  keeper.subscribe(() => {});
  await keeper.load();
  return keeper;
}

it('saves a moment after the last key, one request at a time', async () => {
  const s = server();
  const b = s.browser();
  const keeper = await opened(b.open());
  keeper.set('Y');
  await pass(500);
  keeper.set('Yes');
  await pass(500);
  expect(s.state.writes).toEqual([]);
  expect(b.kept()?.text).toBe('Yes');
  const go = b.slow();
  await pass(300);
  keeper.set('Yes, since');
  await pass(5_000);
  expect(s.state.writes).toEqual([]);
  go();
  await pass(1_000);
  expect(s.state.writes).toEqual(['Yes', 'Yes, since']);
  expect(keeper.now()).toEqual({ text: 'Yes, since', standing: 'saved', other: undefined });
  expect(b.kept()).toBeUndefined();
});

it('is there on another device, and follows what was written there', async () => {
  const s = server('Yes');
  const laptop = await opened(s.browser().open());
  const phone = await opened(s.browser().open());
  expect(phone.now().text).toBe('Yes');
  phone.set('Yes, since');
  await pass(1_000);
  await laptop.load();
  expect(laptop.now()).toEqual({ text: 'Yes, since', standing: 'saved', other: undefined });
});

it('says so when two were written, saves neither over the other, and does what is chosen', async () => {
  for (const mine of [true, false]) {
    const s = server('one');
    const laptop = await opened(s.browser().open());
    const phone = await opened(s.browser().open());
    phone.set('from the phone');
    await pass(1_000);
    laptop.set('from the laptop');
    await pass(20_000);
    expect(s.there().text).toBe('from the phone');
    expect(laptop.now()).toMatchObject({ text: 'from the laptop', standing: 'browser' });
    expect(laptop.now().other?.text).toBe('from the phone');
    if (mine) laptop.keepMine();
    else laptop.takeOther();
    await pass(1_000);
    expect(laptop.now()).toMatchObject({ standing: 'saved', other: undefined });
    expect([laptop.now().text, s.there().text]).toEqual(
      mine ? ['from the laptop', 'from the laptop'] : ['from the phone', 'from the phone'],
    );
  }
});

it('keeps it in the browser without a server, and saves it later, also after a reload', async () => {
  const s = server();
  const b = s.browser();
  s.state.away = true;
  const keeper = await opened(b.open());
  keeper.set('offline');
  await pass(1_000);
  expect(keeper.now().standing).toBe('browser');
  const again = await opened(b.open());
  expect(again.now().text).toBe('offline');
  s.state.away = false;
  await pass(11_000);
  expect(s.there().text).toBe('offline');
  expect(again.now().standing).toBe('saved');
});

it('knows what arrived without a word for its own', async () => {
  const s = server();
  const b = s.browser();
  const keeper = await opened(b.open());
  const go = b.slow();
  keeper.set('Yes');
  await pass(1_000);
  keeper.set('Yes, since');
  // The page is closed; the request arrives all the same.
  const copy = b.kept();
  go();
  await pass(0);
  expect(s.there().text).toBe('Yes');
  const reopened = new Keeper({
    read: async () => s.there(),
    write: async (text) => ({ text, version: 'later' }),
    isConflict: () => false,
    isRefusal: () => false,
    copy: () => copy,
    keep: () => true,
    saved: () => {},
  });
  await opened(reopened);
  await pass(1_000);
  expect(reopened.now()).toEqual({ text: 'Yes, since', standing: 'saved', other: undefined });
});

it('is gone with the answer, whichever of draft and answer comes first', async () => {
  for (const first of ['answer', 'draft', 'told'] as const) {
    const s = server();
    const b = s.browser();
    const keeper = await opened(b.open());
    keeper.set('Yes');
    await pass(1_000);
    const go = b.slow();
    keeper.set('Yes, we do');
    await pass(1_000);
    const version = keeper.version();
    const done = keeper.send();
    expect(keeper.now().text).toBe('');
    if (first === 'answer') s.answer(version);
    go();
    await pass(0);
    if (first !== 'answer') s.answer(version);
    if (first === 'told') await pass(100);
    done(true);
    await pass(5_000);
    expect(s.there(), first).toEqual({ text: '' });
    expect(keeper.now()).toEqual({ text: '', standing: 'none', other: undefined });
    keeper.set('Next');
    await pass(1_000);
    expect(s.there().text, first).toBe('Next');
  }
});

it('stays on the server while an answer is not taken, and does not come back into the field', async () => {
  const s = server();
  const keeper = await opened(s.browser().open());
  keeper.set('Yes');
  await pass(1_000);
  const version = keeper.version();
  keeper.send()(false);
  await pass(20_000);
  await keeper.load();
  expect([s.there().text, keeper.now().text]).toEqual(['Yes', '']);
  // Sent again from the thread: nothing is left.
  s.answer(version);
  await keeper.load();
  keeper.set('Next');
  await pass(1_000);
  expect(s.there().text).toBe('Next');
});

it('goes when the text is emptied, and keeps here what the server refuses', async () => {
  const s = server('Yes');
  const keeper = await opened(s.browser().open());
  keeper.set('');
  await pass(1_000);
  expect(s.there()).toEqual({ text: '' });
  keeper.set('x'.repeat(21));
  await pass(60_000);
  expect(keeper.now().standing).toBe('browser');
  keeper.set('short');
  await pass(1_000);
  expect([s.there().text, keeper.now().standing]).toEqual(['short', 'saved']);
});

it('is not idle while something is to be saved', async () => {
  const s = server();
  const keeper = s.browser().open();
  const leave = keeper.subscribe(() => {});
  await keeper.load();
  keeper.set('Yes');
  leave();
  expect(keeper.idle).toBe(false);
  keeper.flush();
  await pass(0);
  expect([s.there().text, keeper.idle]).toEqual(['Yes', true]);
});
