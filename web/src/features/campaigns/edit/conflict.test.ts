import { expect, test } from 'vitest';
import type { CampaignInput, Mapping } from '../queries';
import { apart, isChanged, isFrom, merged } from './conflict';

const mapping = (text: string) =>
  ({ body: [{ from: 'text', text }], buttons: {}, cards: [], custom: {} }) as unknown as Mapping;
const base: CampaignInput = {
  name: 'Offer',
  template_id: 'tpl_1',
  number_ids: ['num_1'],
  audience: { type: 'everyone' },
  mapping: mapping('a'),
  messages_per_second: null,
  starts: null,
};
const starts = { local: '2026-12-24T18:00', zone: 'Asia/Kolkata' };

test('each part is told with who changed it, and what both made the same is not', () => {
  const mine = { ...base, name: 'Mine', messages_per_second: 5, starts };
  const theirs = { ...base, name: 'Theirs', audience: { type: 'list', list_id: 'lst_1' } as const, starts };
  expect(apart({ sent: base, base, mine, theirs })).toEqual([
    { part: 'name', by: 'both' },
    { part: 'audience', by: 'them' },
    { part: 'pace', by: 'me' },
  ]);
});

test('what is left out by the cap and the control group is a part of its own', () => {
  const mine = { ...base, control_percent: 5 };
  const theirs = { ...base, respect_frequency_cap: false };
  expect(apart({ sent: base, base, mine, theirs })).toEqual([{ part: 'heldBack', by: 'both' }]);
  // What is absent is what it is anyway.
  expect(isChanged({ base, theirs: { ...base, control_percent: null, respect_frequency_cap: null } })).toBe(
    false,
  );
});

test('keeping the own ones keeps what only they changed', () => {
  const mine = { ...base, name: 'Mine' };
  const theirs = { ...base, name: 'Theirs', starts };
  expect(merged({ sent: base, base, mine, theirs })).toEqual({ ...base, name: 'Mine', starts });
});

test('a template and what fills it go together', () => {
  const mine = { ...base, mapping: mapping('b') };
  const theirs = { ...base, template_id: 'tpl_2', mapping: base.mapping };
  const kept = merged({ sent: base, base, mine, theirs });
  expect([kept.template_id, kept.mapping]).toEqual(['tpl_1', mine.mapping]);
});

test('neither the order of keys nor what is empty is a change', () => {
  const again = {
    mapping: { body: [{ text: 'a', from: 'text' }], custom: {}, cards: [], buttons: {} },
    audience: base.audience,
    number_ids: base.number_ids,
    template_id: base.template_id,
    name: base.name,
  } as unknown as CampaignInput;
  expect(isChanged({ base, theirs: again })).toBe(false);
});

test('what the server filled in of what was sent is nobody’s change', () => {
  const sent = { ...base, name: 'Offer ', number_ids: [], mapping: null };
  expect(isFrom(sent, base)).toBe(true);
  expect(isFrom(sent, { ...base, name: 'Other' })).toBe(false);
  expect(apart({ sent, base, mine: { ...sent, starts }, theirs: base })).toEqual([
    { part: 'starts', by: 'me' },
  ]);
});
