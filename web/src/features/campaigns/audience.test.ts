import { expect, test } from 'vitest';
import { compareBy, isAskable, isComplete, withValues } from './audience';

test('a value is kept as far as the new comparison takes it', () => {
  const city = withValues({ attribute: 'city', is: 'equal' }, ['Pune']);
  const listed = compareBy(city, 'one_of');
  expect(listed).toEqual({ attribute: 'city', is: 'one_of', value: ['Pune'] });
  expect(compareBy(listed, 'equal')).toEqual(city);
  expect(compareBy(city, 'set')).toEqual({ attribute: 'city', is: 'set' });
});

test('numbers go as numbers, and what is none is said to be incomplete', () => {
  expect(withValues({ attribute: 'age', is: 'above' }, ['30'])).toEqual({
    attribute: 'age',
    is: 'above',
    value: 30,
  });
  expect(withValues({ attribute: 'age', is: 'above' }, ['30,5']).value).toBe(30.5);
  expect(withValues({ attribute: 'age', is: 'above' }, ['30.']).value).toBe('30.');
  expect(isComplete(withValues({ attribute: 'age', is: 'above' }, ['old']))).toBe(false);
  expect(isComplete(withValues({ attribute: 'since', is: 'below' }, ['2026-12-31']))).toBe(true);
  expect(isComplete(withValues({ attribute: 'since', is: 'below' }, ['2026-13-31']))).toBe(false);
  expect(isComplete(withValues({ attribute: 'age', is: 'above' }, ['']))).toBe(false);
});

test('an audience is asked for only when it is whole', () => {
  expect(isAskable({ type: 'everyone' })).toBe(true);
  expect(isAskable({ type: 'list', list_id: '' })).toBe(false);
  expect(isAskable({ type: 'lists', list_ids: [] })).toBe(false);
  expect(isAskable({ type: 'lists', list_ids: ['lst_1', 'lst_2'] })).toBe(true);
  expect(isAskable({ type: 'everyone' }, { conditions: [{ attribute: '', is: 'set' }] })).toBe(false);
  expect(isAskable({ type: 'conditions', all: [] })).toBe(false);
  const city = withValues({ attribute: 'city', is: 'one_of' }, []);
  expect(isAskable({ type: 'conditions', all: [city] })).toBe(false);
  expect(isAskable({ type: 'conditions', all: [withValues(city, ['Pune'])] })).toBe(true);
});
