import { expect, test } from 'vitest';
import type { CampaignInput, Mapping, Template } from '../queries';
import { isFilled, unfinished } from './held';

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
const template = { content: { body: 'Hi {{1}} and {{2}}' }, mapping: EMPTY } as unknown as Template;
const input = (change: Partial<CampaignInput>) =>
  ({ name: 'Offer', template_id: 'tpl_1', audience: { type: 'everyone' }, ...change }) as CampaignInput;

test('a slot needs a value for everybody', () => {
  expect(isFilled({ from: 'text', text: ' ' })).toBe(false);
  expect(isFilled({ from: 'attribute', name: 'city', default: null })).toBe(false);
  expect(isFilled({ from: 'attribute', name: 'city', default: 'your city' })).toBe(true);
});

test('what is half done is not sent to the server; what nobody touched is', () => {
  expect(unfinished(input({}), template)).toEqual([]);
  expect(unfinished(input({ mapping: EMPTY }), template)).toEqual([]);
  expect(unfinished(input({ name: ' ', audience: { type: 'conditions', all: [] } }), template)).toEqual([
    '/name',
    '/audience',
  ]);
  expect(unfinished(input({ starts: { local: 'T18:00', zone: 'Asia/Kolkata' } }), template)).toEqual([
    '/starts',
  ]);
  const half = { ...EMPTY, body: [{ from: 'text' as const, text: 'Asha' }] };
  expect(unfinished(input({ mapping: half }), template)).toEqual(['/mapping/body/1']);
});
