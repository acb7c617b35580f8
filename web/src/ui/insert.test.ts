import { describe, expect, it } from 'vitest';
import { fitting, type Lines, lined } from './insert';

describe('lines', () => {
  const cases: [string, Lines, string][] = [
    ['milk\nbread', 'list', '- milk\n- bread'],
    ['milk\nbread', 'numbers', '1. milk\n2. bread'],
    ['milk\nbread', 'quote', '> milk\n> bread'],
    // The same again takes it back; another kind takes its place.
    ['- milk\n- bread', 'list', 'milk\nbread'],
    ['- milk\n- bread', 'numbers', '1. milk\n2. bread'],
    ['1. milk\nbread', 'numbers', '1. milk\n2. bread'],
    ['> said', 'quote', 'said'],
    // Empty lines between stay empty, and an empty line alone begins one.
    ['milk\n\nbread', 'numbers', '1. milk\n\n2. bread'],
    ['', 'list', '- '],
  ];
  it.each(cases)('%j as %s is %j', (text, kind, wanted) => expect(lined(text, kind)).toBe(wanted));
});

describe('what fits', () => {
  const cases: [string, number, string][] = [
    ['hello', 5, 'hello'],
    ['hello', 3, 'hel'],
    ['hello', 0, ''],
    ['a👨‍👩‍👧b', 3, 'a'],
    ['a👨‍👩‍👧b', 6, 'a👨‍👩‍👧'],
    ['नमस्ते', 2, 'नम'],
  ];
  it.each(cases)('of %j into %i is %j', (text, room, wanted) => expect(fitting(text, room)).toBe(wanted));
});
