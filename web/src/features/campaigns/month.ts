/** A month of a year; 1 is January. */
export interface Month {
  year: number;
  month: number;
}

/** Reads `2026-11`. */
export function readMonth(text: string | undefined): Month | undefined {
  const [, year, month] = text?.match(/^(\d{4})-(\d{2})$/) ?? [];
  const read = { year: Number(year), month: Number(month) };
  return read.month >= 1 && read.month <= 12 ? read : undefined;
}

export const showMonth = ({ year, month }: Month) => `${year}-${String(month).padStart(2, '0')}`;

/** The month that holds a moment, in the viewer's zone. */
export function monthOf(at: number): Month {
  const day = new Date(at);
  return { year: day.getFullYear(), month: day.getMonth() + 1 };
}

/** So many months later. */
export const later = ({ year, month }: Month, by: number): Month =>
  monthOf(new Date(year, month - 1 + by, 1).getTime());

/** Names one day in the viewer's zone. */
export const dayOf = (at: number | Date) => {
  const day = new Date(at);
  return `${showMonth(monthOf(day.getTime()))}-${String(day.getDate()).padStart(2, '0')}`;
};

/** The weeks that a month lies in, whole. `first`: the day a week begins with, 1 (Monday) to 7. */
export function weeksOf({ year, month }: Month, first: number): Date[][] {
  const begin = new Date(year, month - 1, 1);
  const back = (begin.getDay() - first + 7) % 7;
  const days = new Date(year, month, 0).getDate();
  return Array.from({ length: Math.ceil((back + days) / 7) }, (_, week) =>
    Array.from({ length: 7 }, (_, day) => new Date(year, month - 1, 1 - back + week * 7 + day)),
  );
}

/** The day that weeks begin with where a language is spoken, 1 (Monday) to 7. */
export function firstDay(locale: string): number {
  const known = new Intl.Locale(locale) as Intl.Locale & {
    getWeekInfo?: () => { firstDay: number };
    weekInfo?: { firstDay: number };
  };
  return (known.getWeekInfo?.() ?? known.weekInfo)?.firstDay ?? 1;
}
