import type { Field, Settings } from './queries';

/** What stands in the form, by field: texts, and booleans for boxes. */
export type Values = Record<string, string | boolean>;

export const isUrl = (field: Field) => field.type === 'inbound_url' || field.type === 'reports_url';

/** A secret that is kept: the API says `{"set": true}` and never more. */
export function isKept(saved: unknown): boolean {
  return typeof saved === 'object' && saved !== null && 'set' in saved && saved.set === true;
}

/** The form of a provider, filled with what is saved; secrets stay empty. */
export function initial(fields: readonly Field[], saved: Settings = {}): Values {
  const values: Values = {};
  for (const field of fields) {
    if (isUrl(field)) continue;
    const value = saved[field.key] ?? field.default ?? '';
    if (field.type === 'checkbox') values[field.key] = value === true || value === 'true';
    else values[field.key] = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  }
  return values;
}

/**
 * What is sent: an untouched secret is left out, so that the kept one stays. Numbers become numbers; what cannot be read
 * as one goes as it is, and the server says what is wrong with it.
 */
export function settingsOf(fields: readonly Field[], values: Values, saved: Settings = {}): Settings {
  const settings: Settings = {};
  for (const field of fields) {
    if (isUrl(field)) continue;
    const value = values[field.key];
    if (field.type === 'secret' && value === '') continue;
    if (field.type === 'number' && typeof value === 'string') {
      if (value.trim() === '') {
        if (saved[field.key] !== undefined) settings[field.key] = null;
        continue;
      }
      settings[field.key] = Number.isFinite(Number(value)) ? Number(value) : value;
      continue;
    }
    if (value === '' && saved[field.key] === undefined) continue;
    settings[field.key] = value;
  }
  return settings;
}

/** What is missing before the server is asked. */
export function missing(fields: readonly Field[], values: Values, saved: Settings = {}): Field[] {
  return fields.filter(
    (field) =>
      field.required &&
      !isUrl(field) &&
      field.type !== 'checkbox' &&
      values[field.key] === '' &&
      !isKept(saved[field.key]),
  );
}
