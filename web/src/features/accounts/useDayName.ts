import { useLingui } from '@lingui/react/macro';
import { regional } from '~/i18n';
import { dateFormat } from '~/ui/format';
import { type Day, momentOfDay } from './autoReply';

/** Writes days of the week in the language of the page. */
export function useDayName(): (day: Day) => string {
  const { i18n } = useLingui();
  const format = dateFormat(regional(i18n.locale), { weekday: 'long', timeZone: 'UTC' });
  return (day) => format.format(momentOfDay(day));
}
