import { expect, test } from 'vitest';
import { asQuery, exportPath, readFilter } from './filter';

test('takes the last day whole, in the zone of the viewer', () => {
  const { since, until } = asQuery({ from: '2026-11-26', to: '2026-11-26' });
  expect(since).toBe(new Date(2026, 10, 26).getTime());
  expect(until).toBe(new Date(2026, 10, 27).getTime());
  expect(asQuery({ to: '2026-12-31' }).until).toBe(new Date(2027, 0, 1).getTime());
});

test('drops what is no day or no text', () => {
  expect(readFilter({ from: '2026-13-45', to: 7, actor: '', action: 'campaign' })).toEqual({
    actor: undefined,
    action: 'campaign',
    object: undefined,
    from: undefined,
    to: undefined,
    id: undefined,
  });
});

test('exports with the filter, without the open entry', () => {
  expect(exportPath({ actor: 'usr_1', id: 'aud_1' })).toBe('/api/v1/audit/export?actor=usr_1');
  expect(exportPath({})).toBe('/api/v1/audit/export');
});
