import { expect, test } from 'vitest';
import { exportPath, recipientsOf } from './usePeople';

test('what is downloaded is what is shown', () => {
  const path = '/api/v1/campaigns/cmp_1/export';
  expect(exportPath('cmp_1', {})).toBe(path);
  expect(exportPath('cmp_1', { state: 'failed', q: 'Asha & co' })).toBe(
    `${path}?state=failed&search=Asha+%26+co`,
  );
  expect(exportPath('cmp_1', { state: 'replied', q: '0004' })).toBe(`${path}?search=0004&replied=true`);
  expect(exportPath('cmp_1', { state: 'not_read' })).toBe(`${path}?without=read`);
  expect(exportPath('cmp_1', { state: 'excluded', q: 'left from before' })).toBe(`${path}?left_out=true`);
});

test('a list is made of those who are shown', () => {
  const of = (search: Parameters<typeof recipientsOf>[1]) =>
    JSON.parse(JSON.stringify(recipientsOf('cmp_1', search)));
  expect(of({})).toEqual({ campaign_id: 'cmp_1' });
  expect(of({ state: 'not_replied', q: 'Asha' })).toEqual({
    campaign_id: 'cmp_1',
    search: 'Asha',
    without: 'reply',
  });
  expect(of({ state: 'failed', kind: 'capped' })).toEqual({
    campaign_id: 'cmp_1',
    state: 'failed',
    kind: 'capped',
  });
  expect(of({ state: 'excluded', q: 'left from before' })).toEqual({ campaign_id: 'cmp_1', left_out: true });
});
