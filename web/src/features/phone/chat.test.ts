import { expect, it } from 'vitest';
import { failedOnTheWay, fromHandset, onItsWay, ticksOn, unread } from './chat';
import { HAPPENED, type HandsetMessage } from './handset';

const message = (happened: number): HandsetMessage => ({
  n: 1,
  at: 0,
  content: { body: 'x' },
  id: '7',
  happened,
});

it('tells apart what is on its way, what arrived, what was read and what failed', () => {
  const { sent, delivered, read, failed } = HAPPENED;
  const told = (m: HandsetMessage) => [ticksOn(m), onItsWay(m), unread(m), failedOnTheWay(m)];
  expect(told(message(0))).toEqual(['sending', true, false, false]);
  expect(told(message(sent))).toEqual(['sent', true, false, false]);
  expect(told(message(sent | delivered))).toEqual(['delivered', false, true, false]);
  expect(told(message(sent | delivered | read))).toEqual(['read', false, false, false]);
  expect(told(message(sent | failed))).toEqual(['failed', false, false, true]);
});

it('never waits for what the person wrote', () => {
  const mine: HandsetMessage = { n: 1, at: 0, content: { body: 'x' } };
  expect([ticksOn(mine), onItsWay(mine), unread(mine)]).toEqual(['delivered', false, false]);
});

it('asks our own server for what people sent, and leaves the links of the business alone', () => {
  const picture = {
    header: { kind: 'media' as const, media: 'image', url: 'http://127.0.0.1:8081/media/a-1?s=2' },
    body: '',
  };
  expect(fromHandset(picture, true).header).toMatchObject({ url: '/api/v1/handset/media/a-1?s=2' });
  expect(fromHandset(picture, false).header).toMatchObject({ url: 'http://127.0.0.1:8081/media/a-1?s=2' });
});

it('shows a message as our bubbles take it', () => {
  const shown = fromHandset(
    {
      header: { kind: 'media', media: 'hologram', url: '/x', filename: '' },
      body: 'Hi',
      buttons: [{ kind: 'copy', text: 'Copy', value: 'SAVE10' }],
    },
    false,
  );
  expect(shown.header).toEqual({ type: 'media', kind: 'document', url: '/x', filename: undefined });
  expect(shown.buttons).toEqual([{ kind: 'copy_code', text: 'Copy', value: 'SAVE10' }]);
});
