import { expect, test } from 'vitest';
import type { Mapping } from '../queries';
import { fileOf, slotsOf, sourceAt, withSource } from './slots';

const content = {
  header: { type: 'document' as const },
  body: 'Hi {{1}}, your order {{2}}',
  buttons: [
    { type: 'quick_reply' as const, text: 'Thanks' },
    { type: 'url' as const, text: 'Track', url: 'https://shop.example/{{1}}' },
    { type: 'copy_code' as const, text: 'Copy' },
  ],
};
const EMPTY: Mapping = {
  header: null,
  header_filename: null,
  location: null,
  body: [],
  buttons: {},
  offer_ends: null,
  cards: [],
  custom: {},
};
const pointers = (of: Parameters<typeof slotsOf>[0]) => slotsOf(of, EMPTY).map((slot) => slot.pointer);
const source = { from: 'attribute' as const, name: 'name', default: 'friend' };

test('a template has the slots that the server asks for', () => {
  expect(pointers(content)).toEqual([
    '/mapping/header',
    '/mapping/header_filename',
    '/mapping/body/0',
    '/mapping/body/1',
    '/mapping/buttons/1',
    '/mapping/buttons/2',
  ]);
  expect(pointers({ header: { type: 'text', text: 'Hello' }, body: 'No variables' })).toEqual([]);
  const card = { header: { type: 'image' as const }, body: 'Only {{1}}' };
  expect(pointers({ body: 'Look', cards: [card, card] })).toEqual([
    '/mapping/cards/0/header',
    '/mapping/cards/0/body/0',
    '/mapping/cards/1/header',
    '/mapping/cards/1/body/0',
  ]);
});

test('a source is put where its pointer says, and found there again', () => {
  const card = { header: { type: 'image' as const }, body: '{{1}}' };
  const all = [
    ...slotsOf(content, EMPTY),
    ...slotsOf({ header: { type: 'location' }, body: '' }, EMPTY),
    ...slotsOf({ body: '', cards: [card, card] }, { ...EMPTY, custom: { 'a/b': source } }),
  ];
  for (const slot of all) {
    const mapping = withSource(EMPTY, slot, source);
    expect(sourceAt(mapping, slot.pointer), slot.pointer).toEqual(source);
    // What stands before it is there, empty, for the server wants a whole list.
    expect(JSON.stringify([mapping.body, mapping.cards])).not.toContain('null');
  }
});

test('what may be left out goes, the rest is emptied', () => {
  const slots = slotsOf(content, EMPTY);
  const filename = slots[1]!;
  const body = slots[2]!;
  const named = withSource(EMPTY, filename, { from: 'text', text: 'a.pdf' });
  const full = withSource(named, body, { from: 'text', text: 'Asha' });
  expect(withSource(full, filename, undefined)).not.toHaveProperty('header_filename');
  expect(withSource(full, body, undefined).body).toEqual([{ from: 'text', text: '' }]);
});

test('the file of a slot is of the kind of its header, on the message and on cards', () => {
  const card = { header: { type: 'video' as const }, body: '' };
  const of = { header: { type: 'image' as const }, body: 'Hi {{1}}', cards: [card] };
  expect(slotsOf(of, EMPTY).map((slot) => [slot.pointer, fileOf(of, slot)])).toEqual([
    ['/mapping/header', 'image'],
    ['/mapping/body/0', undefined],
    ['/mapping/cards/0/header', 'video'],
  ]);
});
