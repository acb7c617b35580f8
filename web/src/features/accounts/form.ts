import type { Field, Settings } from './queries';

/** What stands in the form, by field: texts, and booleans for boxes. */
export type Values = Record<string, string | boolean>;

export const isUrl = (field: Field) => field.type === 'inbound_url' || field.type === 'reports_url';

/** What works as it is for nearly everybody: it stands aside, so that the form asks only for what a person must know. */
export const isAside = (field: Field) =>
  !field.required && field.default != null && (field.type === 'url' || field.type === 'number');

/** A secret that is kept: the API says `{"set": true}` and never more. */
export function isKept(saved: unknown): boolean {
  return typeof saved === 'object' && saved !== null && 'set' in saved && saved.set === true;
}

/** When a kept secret was set, where that is known. */
export function keptSince(saved: unknown): number | undefined {
  if (!isKept(saved)) return undefined;
  const { at } = saved as { at?: unknown };
  return typeof at === 'number' ? at : undefined;
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

/** What was typed for one provider, as far as another asks for the same. */
export function carried(fields: readonly Field[], typed: Values): Values {
  const shared = fields.filter(
    (field) => field.type !== 'secret' && field.default == null && typed[field.key] !== undefined,
  );
  return Object.fromEntries(shared.map((field) => [field.key, typed[field.key] as string | boolean]));
}

/** Whether two forms say the same. */
export function same(one: Values, other: Values): boolean {
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...keys].every((key) => one[key] === other[key]);
}

/** What somebody else saved meanwhile, with what is being written here on top. */
export function rebased(values: Values, before: Values, after: Values): Values {
  const written = Object.entries(values).filter(([key, value]) => key in after && value !== before[key]);
  return { ...after, ...Object.fromEntries(written) };
}

/**
 * What is sent: an untouched secret is left out, so that the kept one stays. Numbers become numbers; what cannot be read
 * as one goes as it is, and the server says what is wrong with it. With `before`, only what differs from it is sent: what
 * somebody else changed meanwhile stays.
 */
export function settingsOf(
  fields: readonly Field[],
  values: Values,
  saved: Settings = {},
  before?: Values,
): Settings {
  const settings: Settings = {};
  for (const field of fields) {
    if (isUrl(field)) continue;
    const value = values[field.key];
    if (before && value === before[field.key]) continue;
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

/** The box that a text belongs to: it is needed, and shown, only while the box is marked. */
export function boxOf(fields: readonly Field[], field: Field): Field | undefined {
  if (field.type !== 'long_text' || !field.key.endsWith('_text')) return undefined;
  const key = field.key.slice(0, -'_text'.length);
  return fields.find((other) => other.type === 'checkbox' && other.key === key);
}

/** What is missing before the server is asked. An empty field with a default takes it. */
export function missing(fields: readonly Field[], values: Values, saved: Settings = {}): Field[] {
  return fields.filter((field) => {
    if (isUrl(field) || field.type === 'checkbox') return false;
    const value = values[field.key];
    if (typeof value === 'string' && value.trim() !== '') return false;
    const box = boxOf(fields, field);
    if (box) return values[box.key] === true;
    return field.required && field.default == null && !isKept(saved[field.key]);
  });
}

/** Whether a callback URL leads to this machine or its own network, where no provider on the internet can reach it. */
export function isLocal(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
  return (
    host === 'localhost' ||
    host.endsWith('.localhost') ||
    host.endsWith('.local') ||
    host === '::1' ||
    /^f[cd][0-9a-f]{2}:/.test(host) ||
    /^(0|10|127)\.\d+\.\d+\.\d+$/.test(host) ||
    /^(192\.168|169\.254|172\.(1[6-9]|2\d|3[01]))\.\d+\.\d+$/.test(host)
  );
}

/** Opens a chat with a number that is written with its country code; nothing for another one. */
export function chatWith(number: unknown): string | undefined {
  if (typeof number !== 'string' || !number.trim().startsWith('+')) return undefined;
  const digits = number.replace(/\D/g, '');
  return digits.length >= 8 && digits.length <= 15 ? `https://wa.me/${digits}` : undefined;
}
