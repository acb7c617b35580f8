import { useLingui } from '@lingui/react/macro';
import { serverNow } from '~/api/clock';
import { regional } from '~/i18n';
import { dateFormat } from '~/ui/format';
import { dayOf } from './thread';

/** The time of a day, as beside a bubble. */
export function useClockTime(): (at: number) => string {
  const { i18n } = useLingui();
  return (at) => dateFormat(regional(i18n.locale), { hour: '2-digit', minute: '2-digit' }).format(at);
}

/** When something ended: the time of today, day and time otherwise. */
export function useMoment(): (at: number) => string {
  const clock = useClockTime();
  const { i18n } = useLingui();
  return (at) =>
    dayOf(at) === dayOf(serverNow())
      ? clock(at)
      : dateFormat(regional(i18n.locale), {
          day: 'numeric',
          month: 'short',
          hour: '2-digit',
          minute: '2-digit',
        }).format(at);
}

/** A day: today, yesterday, or its date. */
export function useDayWords(): (at: number) => string {
  const { t, i18n } = useLingui();
  return (at) => {
    const now = new Date(serverNow());
    const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1).getTime();
    if (dayOf(at) === dayOf(now.getTime())) return t`Today`;
    if (dayOf(at) === dayOf(yesterday)) return t`Yesterday`;
    return dateFormat(regional(i18n.locale), {
      weekday: 'long',
      day: 'numeric',
      month: 'long',
      year: new Date(at).getFullYear() === now.getFullYear() ? undefined : 'numeric',
    }).format(at);
  };
}
