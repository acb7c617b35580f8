import { expect, test } from 'vitest';
import {
  alike,
  another,
  dayIn,
  draftOf,
  mayCross,
  momentOfDay,
  moved,
  onTop,
  type Reply,
  replyOf,
} from './autoReply';

const span = (from: string, to: string, next_day = false) => ({ from, to, next_day });
const SAVED: Reply = {
  enabled: true,
  text: 'Hi {{name}}',
  name_fallback: 'friend',
  hours: {
    zone: 'Asia/Kolkata',
    outside: 'Closed',
    days: {
      monday: [span('09:00', '24:00')],
      tuesday: [],
      wednesday: [],
      thursday: [],
      friday: [span('22:00', '02:00', true)],
      saturday: [],
      sunday: [],
    },
  },
};

test('what is saved stands in the form, and is saved as the same', () => {
  const draft = draftOf(SAVED, 'Europe/Berlin');
  expect(draft.days.monday).toEqual([span('09:00', '00:00', true)]);
  expect(draft).toMatchObject({ timed: true, zone: 'Asia/Kolkata', speaks: true, fallback: 'friend' });
  const again = replyOf(draft);
  expect(again.hours?.days.friday).toEqual(SAVED.hours?.days.friday);
  expect(alike(draftOf(again, 'UTC'), draft)).toBe(true);
});

test('hours begin with the zone of the viewer, and those that are switched off are not sent', () => {
  const draft = draftOf({ enabled: true, text: 'Hi', hours: null }, 'Europe/Berlin');
  expect(draft).toMatchObject({ timed: false, zone: 'Europe/Berlin', speaks: false });
  expect(draft.days.monday).toEqual([span('09:00', '18:00')]);
  expect(replyOf(draft).hours).toBeNull();
  expect(replyOf({ ...draft, timed: true, outside: 'typed, then taken back' }).hours?.outside).toBe('');
});

test('what somebody else saves does not take away what is being typed', () => {
  const before = draftOf(SAVED, 'UTC');
  const after = draftOf({ ...SAVED, text: 'Hello', name_fallback: 'you' }, 'UTC');
  expect(onTop({ ...before, fallback: 'dear' }, before, after)).toMatchObject({
    text: 'Hello',
    fallback: 'dear',
  });
});

test('a span ends on the next day only where it can', () => {
  expect(moved(span('09:00', '18:00'), { to: '00:00' })).toEqual(span('09:00', '00:00', true));
  expect(moved(span('22:00', '02:00', true), { to: '23:00' })).toEqual(span('22:00', '23:00'));
  expect(moved(span('09:00', '18:00'), { to: '06:00' })).toEqual(span('09:00', '06:00'));
  expect(
    [span('22:00', '02:00'), span('09:00', '18:00'), span('09:00', '00:00'), span('', '')].map(mayCross),
  ).toEqual([true, false, false, false]);
});

test('another span comes after the last one', () => {
  expect(another([])).toEqual(span('09:00', '18:00'));
  expect(another([span('09:00', '13:00')])).toEqual(span('14:00', '17:00'));
  expect(another([span('09:00', '22:00')])).toEqual(span('', ''));
});

test('days are those of the zone', () => {
  const at = Date.UTC(2026, 10, 2, 20);
  expect([dayIn(at, 'UTC'), dayIn(at, 'Asia/Kolkata')]).toEqual(['monday', 'tuesday']);
  expect(dayIn(momentOfDay('sunday'), 'UTC')).toBe('sunday');
});
