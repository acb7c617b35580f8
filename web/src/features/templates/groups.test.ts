import { expect, it } from 'vitest';
import { follows } from './groups';

const row = (id: string, name: string, account_id = 'acc_1') => ({ id, name, account_id });

it('puts the languages of a name together, account by account', () => {
  const rows = [
    row('1', 'offer'),
    row('2', 'offer'),
    row('3', 'offer', 'acc_2'),
    row('4', 'welcome', 'acc_2'),
    row('5', 'welcome', 'acc_2'),
    row('6', 'welcome', 'acc_2'),
  ];
  expect([...follows(rows)]).toEqual(['2', '5', '6']);
  expect([...follows([])]).toEqual([]);
});
