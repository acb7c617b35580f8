import { expect, test } from 'vitest';
import {
  fromPreview,
  problemsOf,
  queryOf,
  type Settings,
  typeFor,
  withAttribute,
  withType,
  withUse,
} from './mapping';

const column = (name: string, as: string, index: number) => ({
  name,
  index,
  samples: [],
  guess: { as, types: ['text'], attribute: as === 'attribute' ? name : null },
});
const columns = fromPreview(
  [
    column('Mobile', 'phone', 0),
    column('Name', 'name', 1),
    column('Town: home', 'attribute', 2),
    column('Backup', 'attribute', 3),
    column('', 'ignore', 4),
  ],
  [],
);
const settings: Settings = {
  encoding: 'windows-1252',
  header: true,
  columns,
  delimiter: '\t',
  region: 'IN',
  optIn: 'leave',
  source: '',
  list: '',
};

test('a use that only one column can have is taken from the other', () => {
  const changed = withUse(columns, 3, 'phone');
  expect(changed.map(({ use }) => use)).toEqual(['attribute', 'name', 'attribute', 'phone', 'ignore']);
  expect(changed[0]?.attribute).toBe('Mobile');
});

test('many columns can be left out', () => {
  const changed = withUse(withUse(columns, 2, 'ignore'), 3, 'ignore');
  expect(changed.filter(({ use }) => use === 'ignore')).toHaveLength(3);
});

test('each column is named in the query, columns without a name are not', () => {
  const changed = withUse(withAttribute(columns, 2, ' city ', []), 3, 'ignore');
  const query = new URLSearchParams(
    queryOf({ ...settings, columns: changed, list: ' July ' }, 'my file.csv'),
  );
  expect(Object.fromEntries(query)).toEqual({
    file_name: 'my file.csv',
    phone_column: 'Mobile',
    name_column: 'Name',
    attribute: 'Town: home:city',
    type: 'Town: home:text',
    ignore: 'Backup',
    encoding: 'windows-1252',
    header: 'yes',
    delimiter: 'tab',
    region: 'IN',
    opt_in: 'leave',
    list: 'July',
  });
  expect(query.getAll('ignore')).toEqual(['Backup']);
});

test('what cannot be imported is said before the file is sent', () => {
  const what = (change: Partial<Settings>) => problemsOf({ ...settings, ...change });
  const good = withAttribute(columns, 2, 'city', []);
  expect(what({ columns: good })).toEqual([]);
  expect(what({})).toEqual([{ what: 'colon', at: 2 }]);
  expect(what({ columns: withUse(good, 0, 'ignore') })).toEqual([{ what: 'no_person' }]);
  expect(what({ columns: withAttribute(good, 3, 'city ', []) })).toEqual([{ what: 'twice', at: 3 }]);
  expect(what({ columns: withAttribute(good, 3, ' ', []) })).toEqual([{ what: 'no_attribute_name', at: 3 }]);
  expect(what({ columns: good, optIn: 'record' })).toEqual([{ what: 'no_source' }]);
  expect(what({ columns: good, optIn: 'column' })).toEqual([{ what: 'no_consent_column' }]);
});

test('what can be read in two ways is asked, and an attribute that people have has its type', () => {
  const open = ['date_dmy', 'date_mdy'] as const;
  const known = [
    { name: 'since', types: ['date'] },
    { name: 'code', types: ['text'] },
    { name: 'mixed', types: ['text', 'number'] },
  ];
  expect(typeFor('new', [...open], known)).toBeUndefined();
  expect(typeFor('new', ['date_ymd'], known)).toBe('date_ymd');
  expect(typeFor('since', [...open], known)).toBeUndefined();
  expect(typeFor('since', ['text'], known)).toBe('date_ymd');
  expect(typeFor('code', ['number'], known)).toBe('text');
  expect(typeFor('mixed', ['number'], known)).toBe('number');
  const asked = columns.map((one, at) => (at === 3 ? { ...one, fits: [...open], type: undefined } : one));
  const good = withAttribute(asked, 2, 'city', known);
  expect(problemsOf({ ...settings, columns: good })).toEqual([{ what: 'no_type', at: 3 }]);
  expect(problemsOf({ ...settings, columns: withType(good, 3, 'date_dmy') })).toEqual([]);
  expect(withAttribute(asked, 3, 'code', known)[3]?.type).toBe('text');
});
