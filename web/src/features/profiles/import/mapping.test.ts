import { expect, test } from 'vitest';
import { fromPreview, problemsOf, queryOf, type Settings, withAttribute, withUse } from './mapping';

const column = (name: string, as: string, index: number) => ({
  name,
  index,
  samples: [],
  guess: { as, type: 'text', attribute: as === 'attribute' ? name : null },
});
const columns = fromPreview([
  column('Mobile', 'phone', 0),
  column('Name', 'name', 1),
  column('Town: home', 'attribute', 2),
  column('Backup', 'attribute', 3),
  column('', 'ignore', 4),
]);
const settings: Settings = { columns, delimiter: '\t', region: 'IN', optIn: 'leave', source: '', list: '' };

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
  const changed = withUse(withAttribute(columns, 2, ' city '), 3, 'ignore');
  const query = new URLSearchParams(
    queryOf({ ...settings, columns: changed, list: ' July ' }, 'my file.csv'),
  );
  expect(Object.fromEntries(query)).toEqual({
    file_name: 'my file.csv',
    phone_column: 'Mobile',
    name_column: 'Name',
    attribute: 'Town: home:city',
    ignore: 'Backup',
    delimiter: 'tab',
    region: 'IN',
    opt_in: 'leave',
    list: 'July',
  });
  expect(query.getAll('ignore')).toEqual(['Backup']);
});

test('what cannot be imported is said before the file is sent', () => {
  const what = (change: Partial<Settings>) => problemsOf({ ...settings, ...change });
  const good = withAttribute(columns, 2, 'city');
  expect(what({ columns: good })).toEqual([]);
  expect(what({})).toEqual([{ what: 'colon', at: 2 }]);
  expect(what({ columns: withUse(good, 0, 'ignore') })).toEqual([{ what: 'no_person' }]);
  expect(what({ columns: withAttribute(good, 3, 'city ') })).toEqual([{ what: 'twice', at: 3 }]);
  expect(what({ columns: withAttribute(good, 3, ' ') })).toEqual([{ what: 'no_attribute_name', at: 3 }]);
  expect(what({ columns: good, optIn: 'record' })).toEqual([{ what: 'no_source' }]);
  expect(what({ columns: good, optIn: 'column' })).toEqual([{ what: 'no_consent_column' }]);
});
