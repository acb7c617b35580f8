import type { Schemas } from '~/api/client';

export type Reply = Schemas['AutoReply'];
export type Day = Schemas['AutoReplyDay'];
export type Span = Required<Schemas['AutoReplySpan']>;
export type Days = Record<Day, Span[]>;

/** As weeks go. */
export const DAYS: readonly Day[] = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
];

/** What stands in the form. What is switched off for the moment stays in it until it is saved. */
export interface Draft {
  enabled: boolean;
  text: string;
  fallback: string;
  /** The answer is given within hours only. */
  timed: boolean;
  zone: string;
  days: Days;
  /** Something is said outside of the hours. */
  speaks: boolean;
  outside: string;
}

const WORKDAY: Span = { from: '09:00', to: '18:00', next_day: false };

/** The days of a shop that nobody has told its hours yet. */
const usual = (): Days =>
  Object.fromEntries(DAYS.map((day, n) => [day, n < 5 ? [WORKDAY] : []])) as unknown as Days;

/** A field for times knows no 24:00: that is midnight of the next day. */
const shown = ({ from, to, next_day = false }: Schemas['AutoReplySpan']): Span =>
  to === '24:00' ? { from, to: '00:00', next_day: true } : { from, to, next_day };

/** The fields of the days of a week. */
export const fieldsOf = (week: Schemas['AutoReplyWeek']): Days =>
  Object.fromEntries(DAYS.map((day) => [day, (week[day] ?? []).map(shown)])) as unknown as Days;

/** The form of what is saved. `zone` is whose clocks count when hours are set for the first time. */
export function draftOf(reply: Reply, zone: string): Draft {
  const { hours } = reply;
  const days = hours ? fieldsOf(hours.days) : usual();
  return {
    enabled: reply.enabled,
    text: reply.text ?? '',
    fallback: reply.name_fallback ?? '',
    timed: hours != null,
    zone: hours?.zone ?? zone,
    days,
    speaks: Boolean(hours?.outside),
    outside: hours?.outside ?? '',
  };
}

/** What is saved of the form. */
export function replyOf(draft: Draft): Reply {
  const { enabled, text, fallback, timed, zone, days, speaks, outside } = draft;
  const hours = { zone, days, outside: speaks ? outside : '' };
  return { enabled, text, name_fallback: fallback, hours: timed ? hours : null };
}

/** Whether two forms would be saved as the same. */
export const alike = (one: Draft, other: Draft) =>
  JSON.stringify(replyOf(one)) === JSON.stringify(replyOf(other));

/** What somebody else saved meanwhile, with what is being written here on top. */
export function onTop(draft: Draft, before: Draft, after: Draft): Draft {
  const written = Object.entries(draft).filter(
    ([key, value]) => JSON.stringify(value) !== JSON.stringify(before[key as keyof Draft]),
  );
  return { ...after, ...Object.fromEntries(written) };
}

/** A span with another time. One that ends later on the same day does not end on the next; midnight always does. */
export function moved(span: Span, change: Partial<Span>): Span {
  const next = { ...span, ...change };
  if (next.to === '00:00') return { ...next, next_day: true };
  return next.to > next.from ? { ...next, next_day: false } : next;
}

/** Whether it may end on the next day: that is asked only where it makes a difference. */
export const mayCross = ({ from, to }: Span) => to !== '' && from !== '' && to !== '00:00' && to <= from;

/** A span to begin with, after those that are there. */
export function another(spans: readonly Span[], first = WORKDAY): Span {
  const last = spans.at(-1);
  if (!last) return first;
  return last.to < '19:00' && !last.next_day
    ? { from: later(last.to, 1), to: later(last.to, 4), next_day: false }
    : { from: '', to: '', next_day: false };
}

const later = (time: string, hours: number) =>
  `${String(Number(time.slice(0, 2)) + hours).padStart(2, '0')}${time.slice(2)}`;

/** The day of the week in a zone, as the API calls it. */
export function dayIn(at: number, zone: string): Day {
  const name = new Intl.DateTimeFormat('en-GB', { weekday: 'long', timeZone: zone }).format(at);
  return DAYS.find((day) => day === name.toLowerCase()) ?? 'monday';
}

/** A moment whose date in UTC is this day of the week, to write its name. */
export const momentOfDay = (day: Day) => Date.UTC(2024, 0, 1 + DAYS.indexOf(day));
