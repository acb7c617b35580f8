import { expect, test } from 'vitest';
import { happened, type Job, moved, ofBulk, ofImport, STALLED, shown, stalledSince } from './jobs';

const imported = {
  id: 'imp_1',
  file_name: 'people.csv',
  state: 'running',
  bytes_total: 100,
  bytes_read: 10,
  rows: 5,
  created: 5,
  updated: 0,
  unchanged: 0,
  invalid: 0,
  opt_outs_kept: 0,
  rows_per_second: 1,
  created_at: 1,
};
const at = (change: object): Job => ofImport({ ...imported, ...change });

test('what runs is shown, what is over for a day or until it is put away', () => {
  const now = 100 * 60 * 60_000;
  const over = at({ id: 'imp_2', state: 'finished', finished_at: now - 1 });
  const old = at({ id: 'imp_3', state: 'failed', finished_at: now - 25 * 60 * 60_000 });
  const draft = at({ id: 'imp_4', state: 'draft' });
  const all = [at({}), over, old, draft];
  expect(shown(all, now, []).map(({ id }) => id)).toEqual(['imp_1', 'imp_2']);
  expect(shown(all, now, ['imp_2', 'imp_1']).map(({ id }) => id)).toEqual(['imp_1']);
});

test('begin, each quarter and the end are told once', () => {
  const told = (before: Job[] | undefined, now: Job[]) =>
    happened(before, now).map((one) => (one.what === 'part' ? one.quarter : one.what));
  expect(told(undefined, [at({})])).toEqual([]);
  expect(told([], [at({})])).toEqual(['begun']);
  expect(told([at({})], [at({ bytes_read: 24 })])).toEqual([]);
  expect(told([at({})], [at({ bytes_read: 80 })])).toEqual([3]);
  expect(told([at({ bytes_read: 80 })], [at({ bytes_read: 100 })])).toEqual([]);
  expect(told([at({})], [at({ state: 'finished', finished_at: 5 })])).toEqual(['over']);
  const ended = at({ state: 'finished', finished_at: 5 });
  expect(told([ended], [ended])).toEqual([]);
  expect(told([], [ended])).toEqual([]);
  const undone = { finished: false, total: 10, people: { done: 1 } };
  expect(told([ended], [at({ state: 'finished', finished_at: 5, undo: undone })])).toEqual(['begun']);
});

test('a job that does not move for half a minute stands still; one that waits does not', () => {
  const act = (done: number) =>
    ofBulk({ id: 'blk_1', act: 'opt_out', state: 'running', total: 10, done, changed: 0, created_at: 0 });
  const paused = at({ state: 'paused' });
  let moves = moved(new Map(), [act(1), paused], 1_000);
  moves = moved(moves, [act(1), paused], 1_000 + STALLED);
  expect(stalledSince(moves, act(1), 999 + STALLED)).toBeUndefined();
  expect(stalledSince(moves, act(1), 1_000 + STALLED)).toBe(1_000);
  expect(stalledSince(moves, paused, 1_000 + STALLED)).toBeUndefined();
  moves = moved(moves, [act(2)], 1_000 + STALLED);
  expect(stalledSince(moves, act(2), 1_001 + STALLED)).toBeUndefined();
});
