import { describe, expect, it } from 'vitest';
import {
  boxOf,
  carried,
  chatWith,
  initial,
  isAside,
  isKept,
  isLocal,
  missing,
  rebased,
  same,
  settingsOf,
} from './form';
import type { Field } from './queries';

const field = (key: string, type: string, more: Partial<Field> = {}): Field => ({
  key,
  type,
  label: key,
  help: '',
  required: false,
  ...more,
});
const FIELDS: Field[] = [
  field('nickname', 'text', { required: true }),
  field('inbound_url', 'inbound_url', { required: true }),
  field('password', 'secret', { required: true }),
  field('number', 'phone_or_code', { required: true }),
  field('auto_reply', 'checkbox'),
  field('auto_reply_text', 'long_text'),
  field('base_url', 'url', { default: 'https://gateway.example/rest' }),
  field('per_second', 'number', { default: '20', min: 1, max: 100 }),
  field('budget', 'number'),
];
const keys = (fields: Field[]) => fields.map((one) => one.key);

describe('the form as it is filled', () => {
  it('takes defaults, shows what is saved, and never a secret', () => {
    expect(initial(FIELDS)).toEqual({
      nickname: '',
      password: '',
      number: '',
      auto_reply: false,
      auto_reply_text: '',
      base_url: 'https://gateway.example/rest',
      per_second: '20',
      budget: '',
    });
    const saved = { nickname: 'Shop', password: { set: true }, auto_reply: 'true', per_second: 5 };
    expect(initial(FIELDS, saved)).toMatchObject({
      nickname: 'Shop',
      password: '',
      auto_reply: true,
      per_second: '5',
    });
  });
  it.each([
    [{ set: true }, true],
    [{ set: false }, false],
    [undefined, false],
    ['set', false],
    [null, false],
  ])('knows from %j whether a secret is kept', (saved, kept) => expect(isKept(saved)).toBe(kept));
  it('puts aside only what works as it is', () => {
    expect(keys(FIELDS.filter(isAside))).toEqual(['base_url', 'per_second']);
  });
  it('keeps what another provider asks for too, but no secret and nothing with its own default', () => {
    const typed = { nickname: 'Shop', password: 'x', base_url: 'https://other.example', elsewhere: 'y' };
    expect(carried(FIELDS, typed)).toEqual({ nickname: 'Shop' });
  });
});

describe('what is sent', () => {
  const values = initial(FIELDS);
  it('leaves out empty secrets and the URLs that the server makes', () => {
    const sent = settingsOf(FIELDS, { ...values, nickname: 'Shop', inbound_url: 'https://x.example' });
    expect(sent).toEqual({
      nickname: 'Shop',
      auto_reply: false,
      base_url: 'https://gateway.example/rest',
      per_second: 20,
    });
  });
  it('sends numbers as numbers, and what is none for the server to refuse', () => {
    expect(settingsOf(FIELDS, { per_second: '7' })).toMatchObject({ per_second: 7 });
    expect(settingsOf(FIELDS, { per_second: 'many' })).toMatchObject({ per_second: 'many' });
  });
  it('clears what was saved and is empty now', () => {
    const saved = { per_second: 5, auto_reply_text: 'Hello' };
    const sent = settingsOf(FIELDS, { per_second: ' ', auto_reply_text: '' }, saved);
    expect(sent).toEqual({ per_second: null, auto_reply_text: '' });
  });
  it('of a change sends only the change', () => {
    const saved = { nickname: 'Shop', number: '+919999900001', password: { set: true } };
    const before = initial(FIELDS, saved);
    expect(settingsOf(FIELDS, before, saved, before)).toEqual({});
    const now = { ...before, nickname: 'Store', password: 'new' };
    expect(settingsOf(FIELDS, now, saved, before)).toEqual({ nickname: 'Store', password: 'new' });
  });
});

describe('an account that changes under the form', () => {
  it('gives way to what is being written', () => {
    const before = { nickname: 'Shop', number: '1', password: '' };
    const typing = { nickname: 'Shop', number: '12', password: 'half' };
    const after = { nickname: 'Store', number: '9', password: '' };
    expect(rebased(typing, before, after)).toEqual({ nickname: 'Store', number: '12', password: 'half' });
  });
  it('is the same only when every field is', () => {
    expect(same({ a: '1' }, { a: '1' })).toBe(true);
    expect(same({ a: '1' }, { a: '1', b: '' })).toBe(false);
    expect(same({ a: true }, { a: 'true' })).toBe(false);
  });
});

describe('what is missing', () => {
  it('names required fields in their order, but none that the server fills', () => {
    expect(keys(missing(FIELDS, initial(FIELDS)))).toEqual(['nickname', 'password', 'number']);
  });
  it('takes blanks for nothing, and a kept secret for something', () => {
    const values = { ...initial(FIELDS), nickname: '  ', number: '+919999900001' };
    expect(keys(missing(FIELDS, values, { password: { set: true } }))).toEqual(['nickname']);
  });
  it('asks for the text of a box that is marked', () => {
    const values = { ...initial(FIELDS), nickname: 'S', number: '1', password: 'p', auto_reply: true };
    expect(keys(missing(FIELDS, values))).toEqual(['auto_reply_text']);
    expect(missing(FIELDS, { ...values, auto_reply_text: 'We answer soon.' })).toEqual([]);
    const text = FIELDS.find((one) => one.key === 'auto_reply_text') as Field;
    expect(boxOf(FIELDS, text)?.key).toBe('auto_reply');
  });
  it('does not ask for what has a default', () => {
    const needed = [field('base_url', 'url', { required: true, default: 'https://gateway.example' })];
    expect(missing(needed, { base_url: '' })).toEqual([]);
  });
});

describe('addresses', () => {
  it.each([
    ['http://127.0.0.1:8080/callbacks/x', true],
    ['http://localhost/x', true],
    ['http://192.168.1.4/x', true],
    ['http://172.20.0.2/x', true],
    ['http://172.32.0.2/x', false],
    ['http://[::1]:8080/x', true],
    ['http://[fd00::1]/x', true],
    ['https://chat.shop.example/x', false],
    ['https://203.0.113.7/x', false],
    ['', false],
  ])('%s is local: %s', (url, local) => expect(isLocal(url)).toBe(local));
  it.each([
    ['+91 99999 00001', 'https://wa.me/919999900001'],
    ['99999 00001', undefined],
    ['+12', undefined],
    ['56161', undefined],
    [true, undefined],
  ])('a chat with %s', (number, link) => expect(chatWith(number)).toBe(link));
});
