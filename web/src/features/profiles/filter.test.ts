import { expect, it } from 'vitest';
import { asBulkFilter } from './acts';
import { exportPath } from './queries';
import { type Condition, profilesRoutes } from './routes';

const pune: Condition = { attribute: 'city', is: 'equal', value: 'Pune & co' as never };
const read = (search: Record<string, unknown>) =>
  (profilesRoutes[0].options.validateSearch as (raw: Record<string, unknown>) => object)(search);

it('reads conditions from an address, and leaves out what is none', () => {
  expect(read({ conditions: [pune, 7, null, { attribute: 'x', is: 'near' }, { is: 'set' }] })).toMatchObject({
    conditions: [pune],
  });
  for (const conditions of [undefined, [], 'city', [1]])
    expect(read({ conditions })).toMatchObject({ conditions: undefined });
});

it('downloads and acts on those whom the page shows', () => {
  expect(exportPath({})).toBe('/api/v1/profiles/export');
  const path = exportPath({ q: 'Asha', list: 'lst_1', conditions: [pune] });
  const query = new URL(path, 'http://x').searchParams;
  expect(Object.fromEntries(query)).toEqual({
    search: 'Asha',
    list: 'lst_1',
    conditions: JSON.stringify([pune]),
  });
  expect(asBulkFilter({ q: 'Asha', conditions: [pune] })).toMatchObject({
    search: 'Asha',
    conditions: [pune],
  });
});
