import { expect, it } from 'vitest';
import type { Schemas } from '~/api/client';
import { mappingWith, slotsOf, startValues } from './slots';

const content: Schemas['TemplateContent'] = {
  header: { type: 'document' },
  body: 'Hi {{first_name}}, {{amount}} is due. Bye {{first_name}}',
  buttons: [
    { type: 'quick_reply', text: 'Yes' },
    { type: 'url', text: 'Pay', url: 'https://shop.example/{{1}}' },
    { type: 'url', text: 'Terms', url: 'https://shop.example/terms' },
  ],
  cards: [{ header: { type: 'image' }, body: 'Only {{1}}', buttons: [{ type: 'copy_code', text: 'Copy' }] }],
};
const mapping = {
  body: [
    { from: 'attribute', name: 'name', default: 'friend' },
    { from: 'attribute', name: 'due', default: null },
  ],
  buttons: { '1': { from: 'text', text: 'pay/7' } },
} as unknown as Schemas['Mapping'];

it('names every place that needs a value, each once', () => {
  expect(slotsOf(content).map((slot) => slot.path)).toEqual([
    'header',
    'header_filename',
    'body/0',
    'body/1',
    'buttons/1',
    'cards/0/header',
    'cards/0/body/0',
    'cards/0/buttons/0',
  ]);
});

it('starts with what the mapping gives for the person', () => {
  const values = startValues(slotsOf(content), mapping, { name: 'Asha', attributes: { due: 250 } });
  expect([values['body/0'], values['body/1'], values['buttons/1'], values.header]).toEqual([
    'Asha',
    '250',
    'pay/7',
    '',
  ]);
});

it('makes a mapping of texts and leaves out what is optional and empty', () => {
  const slots = slotsOf(content);
  const made = mappingWith(slots, { ...startValues(slots, mapping), 'cards/0/body/0': ' 9 ' }, 1);
  expect(made.body).toEqual([
    { from: 'text', text: 'friend' },
    { from: 'text', text: '' },
  ]);
  expect(Array.isArray(made.body)).toBe(true);
  expect(made.header_filename).toBeNull();
  expect(made.cards[0]?.body).toEqual([{ from: 'text', text: '9' }]);
  expect(made.cards[0]?.buttons['0']).toEqual({ from: 'text', text: '' });
});
