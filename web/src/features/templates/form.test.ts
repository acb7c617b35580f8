import { describe, expect, it } from 'vitest';
import {
  contentOf,
  emptyForm,
  fixName,
  formOf,
  mappingOf,
  newButton,
  newCard,
  type Template,
  type Values,
} from './form';

const template = (content: unknown, mapping: unknown) =>
  ({
    id: 'tpl_1',
    account_id: 'acc_1',
    name: 'a',
    language: 'en',
    category: 'marketing',
    status: 'draft',
    addressing: 'text',
    content,
    mapping,
    problems: [],
    created_at: 0,
    updated_at: 0,
  }) as unknown as Template;

const RICH: [string, unknown, unknown][] = [
  ['plain', { body: 'Hello there' }, {}],
  [
    'text header, numbered body, every button',
    {
      header: { type: 'text', text: 'For {{1}}' },
      body: 'Hi {{2}}, this is {{1}} and {{2}}.',
      footer: 'Bye',
      buttons: [
        { type: 'quick_reply', text: 'Yes' },
        { type: 'url', text: 'See', url: 'https://a.example/{{1}}' },
        { type: 'phone', text: 'Call', phone: '+919999900001' },
        { type: 'copy_code', text: '' },
      ],
    },
    {
      header: { from: 'text', text: 'you' },
      body: [
        { from: 'attribute', name: 'city', default: 'town' },
        { from: 'text', text: 'x' },
      ],
      buttons: {
        0: { from: 'text', text: 'payload' },
        1: { from: 'attribute', name: 'order' },
        3: { from: 'text', text: 'SAVE10' },
      },
      custom: { trace: { from: 'attribute', name: 'identity' } },
    },
  ],
  [
    'document',
    { header: { type: 'document' }, body: 'Your bill' },
    {
      header: { from: 'text', text: 'https://a.example/b.pdf' },
      header_filename: { from: 'text', text: 'b' },
    },
  ],
  [
    'location',
    { header: { type: 'location' }, body: 'Here' },
    { location: { latitude: { from: 'text', text: '1' }, longitude: { from: 'attribute', name: 'lon' } } },
  ],
  [
    'offer',
    {
      body: 'Now',
      offer: { text: 'Sale', has_expiration: true },
      buttons: [{ type: 'copy_code', text: 'Copy' }],
    },
    {
      offer_ends: { from: 'text', text: '2026-12-24T18:00:00Z' },
      buttons: { 0: { from: 'text', text: 'A' } },
    },
  ],
  [
    'carousel',
    {
      body: 'Look, {{name}}!',
      cards: [
        { header: { type: 'video' }, body: 'One {{1}}.', buttons: [{ type: 'quick_reply', text: 'Buy' }] },
        { header: { type: 'video' }, buttons: [{ type: 'quick_reply', text: 'Buy' }] },
      ],
    },
    {
      body: [{ from: 'attribute', name: 'name', default: 'you' }],
      cards: [
        { header: { from: 'text', text: 'https://a.example/1.mp4' }, body: [{ from: 'text', text: 'x' }] },
        {},
      ],
    },
  ],
];

describe('a template as a form and back', () => {
  it.each(RICH)('is the same: %s', (_, content, mapping) => {
    const form = formOf(template(content, mapping));
    expect(contentOf(form)).toEqual(content);
    expect(mappingOf(form)).toEqual(mapping);
  });

  it('keeps values by name while the text changes, and tells what is open', () => {
    const values: Values = { 1: { from: 'text', text: 'one' } };
    const form = { ...emptyForm('acc_1'), body: 'A {{2}} b {{1}} c', values };
    expect(mappingOf(form).body).toEqual([
      { from: 'text', text: 'one' },
      { from: 'text', text: '' },
    ]);
    expect(mappingOf({ ...form, body: 'none' })).toEqual({});
  });

  it('sends nothing of the parts that its kind does not have', () => {
    const form = {
      ...emptyForm('acc_1'),
      kind: 'carousel' as const,
      body: 'b',
      footer: 'f',
      header: 'image' as const,
      buttons: [newButton('quick_reply')],
      cards: [newCard(), newCard()],
    };
    expect(Object.keys(contentOf(form))).toEqual(['body', 'cards']);
  });
});

describe('fixName', () => {
  it.each([
    ['Order Update', 'order_update'],
    ['  Diwali — Offer!', 'diwali_offer_'],
    ['Café_2', 'cafe_2'],
    ['दिवाली', '_'],
    ['a', 'a'],
    ['_', '_'],
  ])('makes %j into %j', (typed, name) => expect(fixName(typed)).toBe(name));
});
