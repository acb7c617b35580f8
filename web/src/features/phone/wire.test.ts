import { describe, expect, it } from 'vitest';
import { curlOf, type Exchange, gistOf, messageOf } from './wire';

const exchange = (of: Partial<Exchange>): Exchange => ({
  n: 1,
  at: 0,
  direction: 'request',
  method: 'POST',
  url: 'http://127.0.0.1:1/GatewayAPI/rest',
  content_type: 'application/x-www-form-urlencoded',
  body: '',
  status: 200,
  answer: '',
  took_ms: 1,
  ...of,
});

describe('a command', () => {
  it('holds each field of a form, quoted for a shell', () => {
    const body = new URLSearchParams({ msg: "It's on", password: '***' }).toString();
    expect(curlOf(exchange({ body }))).toBe(
      "curl 'http://127.0.0.1:1/GatewayAPI/rest' \\\n  --data-urlencode 'msg=It'\\''s on' \\\n  --data-urlencode 'password=***'",
    );
  });
  it('holds another body as it is', () => {
    expect(curlOf(exchange({ body: '[1]', content_type: 'application/json' }))).toBe(
      "curl 'http://127.0.0.1:1/GatewayAPI/rest' \\\n  -H 'content-type: application/json' \\\n  --data-raw '[1]'",
    );
  });
  it('asks with GET where nothing is sent', () => {
    expect(curlOf(exchange({ method: 'GET' }))).toBe("curl 'http://127.0.0.1:1/GatewayAPI/rest'");
  });
});

it('tells the message that it is about', () => {
  expect(messageOf(exchange({ body: 'extra=msg_0abcdefghjkmn&x=1' }))).toBe('msg_0abcdefghjkmn');
  expect(messageOf(exchange({ body: 'extra=other' }))).toBeUndefined();
});

describe('the gist', () => {
  const form = (fields: Record<string, string>) => new URLSearchParams(fields).toString();
  const cases: [string, Partial<Exchange>, string][] = [
    ['a request', { body: form({ method: 'SendMessage', msg: 'READ this' }) }, 'SendMessage'],
    [
      'reports',
      { direction: 'callback', body: form({ response: '[{"eventType":"SENT"},{"eventType":"DELIVERED"}]' }) },
      'sent, delivered',
    ],
    [
      'a click',
      { direction: 'callback', content_type: 'application/json', body: '{"clickTime":"x"}' },
      'clicked',
    ],
    ['a message', { direction: 'callback', body: form({ text: 'Hello' }) }, 'inbound'],
  ];
  it.each(cases)('of %s', (_, of, wanted) => expect(gistOf(exchange(of))).toBe(wanted));
});
