import { expect, test } from 'vitest';
import { exportPath } from './usePeople';

test('what is downloaded is what is shown', () => {
  const path = '/api/v1/campaigns/cmp_1/export';
  expect(exportPath('cmp_1', {})).toBe(path);
  expect(exportPath('cmp_1', { state: 'failed', q: 'Asha & co' })).toBe(
    `${path}?state=failed&search=Asha+%26+co`,
  );
  expect(exportPath('cmp_1', { state: 'replied', q: '0004' })).toBe(`${path}?search=0004&replied=true`);
  expect(exportPath('cmp_1', { state: 'excluded', q: 'left from before' })).toBe(`${path}?left_out=true`);
});
