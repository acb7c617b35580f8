import { useLingui } from '@lingui/react/macro';
import { serverNow } from '~/api/clock';
import { regional } from '~/i18n';

const dateFormats = new Map<string, Intl.DateTimeFormat>();
const numberFormats = new Map<string, Intl.NumberFormat>();

/** Writes days and times. To make a format takes as long as to draw a row of a table, so each is made once. */
export function dateFormat(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale + JSON.stringify(options);
  const made = dateFormats.get(key) ?? new Intl.DateTimeFormat(locale, options);
  dateFormats.set(key, made);
  return made;
}

function numberFormat(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = locale + JSON.stringify(options);
  const made = numberFormats.get(key) ?? new Intl.NumberFormat(locale, options);
  numberFormats.set(key, made);
  return made;
}

/** Numbers, shares and times as the viewer writes them; times in the viewer's own zone. */
export function useFormat() {
  const { i18n } = useLingui();
  const locale = regional(i18n.locale);
  const day = (at: number, options: Intl.DateTimeFormatOptions) => dateFormat(locale, options).format(at);
  return {
    number: (n: number) => numberFormat(locale, {}).format(n),
    share: (part: number, whole: number) =>
      whole > 0
        ? numberFormat(locale, { style: 'percent', maximumFractionDigits: 1 }).format(part / whole)
        : '–',
    /** Short: the time today, the day otherwise. */
    short: (at: number) =>
      new Date(at).toDateString() === new Date(serverNow()).toDateString()
        ? day(at, { hour: '2-digit', minute: '2-digit' })
        : day(at, {
            day: 'numeric',
            month: 'short',
            year: new Date(at).getFullYear() === new Date(serverNow()).getFullYear() ? undefined : 'numeric',
          }),
    /** The time, with its day when that is not today. */
    soon: (at: number) =>
      day(at, {
        ...(new Date(at).toDateString() === new Date(serverNow()).toDateString()
          ? {}
          : { day: 'numeric', month: 'short' }),
        hour: '2-digit',
        minute: '2-digit',
      }),
    /** The time of the day. */
    time: (at: number) => day(at, { hour: '2-digit', minute: '2-digit' }),
    /** Day, time and zone. */
    full: (at: number) => day(at, { dateStyle: 'medium', timeStyle: 'short' }) + zoneOf(at, locale),
    /** With seconds. */
    exact: (at: number) => day(at, { dateStyle: 'medium', timeStyle: 'medium' }) + zoneOf(at, locale),
  };
}

function zoneOf(at: number, locale: string): string {
  const parts = dateFormat(locale, { timeZoneName: 'short' }).formatToParts(at);
  const zone = parts.find((p) => p.type === 'timeZoneName')?.value;
  return zone ? ` ${zone}` : '';
}

/** The viewer's zone, such as `Asia/Kolkata`. */
export const viewerZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** A time: short, and whole with its zone on hover and for machines. */
export function Time({ at, full = false }: { at: number; full?: boolean }) {
  const format = useFormat();
  return (
    // A title and no tooltip of the kit: tables hold hundreds of these.
    <time dateTime={new Date(at).toISOString()} title={format.exact(at)} style={{ whiteSpace: 'nowrap' }}>
      {full ? format.full(at) : format.short(at)}
    </time>
  );
}

/** A phone number in readable groups; never mirrored in right-to-left text. */
export function Phone({ number }: { number: string }) {
  if (number.startsWith('erased-')) return <Erased />;
  const grouped = number.replace(/^(\+\d{2})(\d{5})(\d{5})$/, '$1 $2 $3');
  return (
    <bdi dir="ltr" style={{ whiteSpace: 'nowrap' }}>
      {grouped}
    </bdi>
  );
}

/** In place of the number of somebody who was erased. */
function Erased() {
  const { t } = useLingui();
  return <>{t`Erased`}</>;
}
