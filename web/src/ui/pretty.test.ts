import { expect, test } from 'vitest';
import { pretty } from './pretty';

test('indents JSON whatever the provider calls it', () => {
  expect(pretty('{"a":[1,{"b":"ş"}]}', 'text/plain')).toBe(
    '{\n  "a": [\n    1,\n    {\n      "b": "ş"\n    }\n  ]\n}',
  );
});

test('shows a form one pair a line, decoded', () => {
  expect(
    pretty('from=%2B919999900001&text=a+b%26c', 'application/x-www-form-urlencoded; charset=utf-8'),
  ).toBe('from = +919999900001\ntext = a b&c');
});

test('indents JSON that stands in a form', () => {
  expect(pretty('response=%5B%7B%22id%22%3A1%7D%5D', 'application/x-www-form-urlencoded')).toBe(
    'response =\n[\n  {\n    "id": 1\n  }\n]',
  );
});

test('leaves what it does not know as it is', () => {
  expect(pretty('{"cut": tr', 'application/json')).toBe('{"cut": tr');
  expect(pretty('<xml/>', '')).toBe('<xml/>');
});
