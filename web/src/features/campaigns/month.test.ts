import { expect, test } from 'vitest';
import { dayOf, later, monthOf, readMonth, showMonth, weeksOf } from './month';

test('weeks are whole, begin with the wanted day and hold every day of the month once', () => {
  for (let n = 0; n < 40; n += 1) {
    const month = later({ year: 2024, month: 1 }, n);
    for (const first of [1, 6, 7]) {
      const weeks = weeksOf(month, first);
      const days = weeks.flat();
      expect(weeks.every((week) => week.length === 7 && week[0]?.getDay() === first % 7)).toBe(true);
      expect(new Set(days.map(dayOf)).size).toBe(days.length);
      const own = days.filter((day) => showMonth(monthOf(day.getTime())) === showMonth(month));
      expect(own.map((day) => day.getDate())).toEqual(
        Array.from({ length: new Date(month.year, month.month, 0).getDate() }, (_, day) => day + 1),
      );
      // No week lies wholly outside.
      expect(weeks.every((week) => week.some((day) => own.includes(day)))).toBe(true);
    }
  }
});

test('a month is read as it is written, and nothing else is', () => {
  expect(readMonth('2026-11')).toEqual({ year: 2026, month: 11 });
  expect(readMonth(showMonth(later({ year: 2026, month: 12 }, 1)))).toEqual({ year: 2027, month: 1 });
  for (const wrong of [undefined, '', '2026-13', '2026-00', '2026-1', 'x2026-11'])
    expect(readMonth(wrong)).toBeUndefined();
});
