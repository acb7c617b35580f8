import { expect, it } from 'vitest';
import { acceptOf, type FileRule, ruleOf } from './files';

const rules: FileRule[] = [
  { kind: 'image', bytes: 5, types: ['image/jpeg'], endings: ['jpg', 'jpeg'] },
  { kind: 'audio', bytes: 5, types: ['audio/ogg'], endings: ['ogg', 'opus'] },
];

it.each([
  ['a.jpg', 'image/jpeg', 'image'],
  // Browsers know no type of some, and say more of others.
  ['Voice.OPUS', '', 'audio'],
  ['voice', 'audio/ogg; codecs=opus', 'audio'],
  ['a.gif', 'image/gif', undefined],
  ['jpg', '', undefined],
])('%s of type "%s" is %s', (name, type, kind) => {
  expect(ruleOf(rules, { name, type })?.kind).toBe(kind);
});

it('tells a file field both types and endings', () => {
  expect(acceptOf(rules.slice(0, 1))).toBe('.jpg,.jpeg,image/jpeg');
});
