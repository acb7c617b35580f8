import { readDay, span } from '~/ui/days';
import type { LogFilter } from './states';

/** What a log is asked about: a number, or else an id, ours or the provider's, which may be of digits, too, but is longer. */
export function aboutQuery(about: string | undefined): { phone?: string; message?: string } {
  if (!about) return {};
  const digits = about.replace(/[\s()+.-]/g, '');
  return /^\d{7,15}$/.test(digits) ? { phone: about } : { message: about };
}

/** The part of an address that both logs have. */
export const readLog = (search: Record<string, unknown>): LogFilter => ({
  // The router reads a number that stands alone as one.
  about: search.about === undefined || search.about === '' ? undefined : String(search.about),
  from: readDay(search.from),
  to: readDay(search.to),
});

/** A filter as the API takes it. */
export function asQuery<F extends LogFilter>({ about, from, to, ...rest }: F) {
  return { ...rest, ...aboutQuery(about), ...span({ from, to }) };
}
