import type { Schemas } from '~/api/client';
import type { WaButton, WaContent, WaHeader } from './content';
import { fillIn, variables } from './parse';

type Template = Schemas['TemplateContent'];
type Source = Schemas['Source'];

/** A mapping as it travels: what is empty is left out. */
export type Mapping = Partial<Omit<Schemas['Mapping'], 'cards'>> & {
  cards?: Partial<Schemas['CardMapping']>[];
};

/** Values for the placeholders of a template; what is absent stays a placeholder. */
export interface TemplateValues {
  /** The variable of a text header, or the link of a media header. */
  header?: string | undefined;
  filename?: string | undefined;
  location?:
    | {
        latitude?: string | undefined;
        longitude?: string | undefined;
        name?: string | undefined;
        address?: string | undefined;
      }
    | undefined;
  /** By name, `1` for a numbered one. */
  body?: Record<string, string | undefined> | undefined;
  /** By the button's index: the end of a link, the code, the payload. */
  buttons?: Record<string, string | undefined> | undefined;
  offerEnds?: string | undefined;
  cards?: TemplateValues[] | undefined;
}

/** Who a mapping is filled in for. */
export interface Person {
  name?: string | null | undefined;
  phone?: string | null | undefined;
  identity?: string | undefined;
  attributes?: Record<string, unknown> | undefined;
}

/** A template as a phone shows it. */
export function fromTemplate(content: Template, values: TemplateValues = {}): WaContent {
  const offerButton = content.buttons?.findIndex((b) => b.type === 'copy_code') ?? -1;
  return {
    header: headerOf(content.header, values),
    body: fillIn(content.body, values.body ?? {}),
    footer: content.footer ?? undefined,
    buttons: (content.buttons ?? []).map((b, n) => buttonOf(b, values.buttons?.[n])),
    offer: content.offer
      ? {
          text: content.offer.text,
          ends: content.offer.has_expiration,
          endsAt: momentOf(values.offerEnds),
          code: offerButton < 0 ? undefined : values.buttons?.[offerButton],
        }
      : undefined,
    cards: content.cards?.map((card, n) => ({
      header: headerOf(card.header, values.cards?.[n] ?? {}),
      body: fillIn(card.body ?? '', values.cards?.[n]?.body ?? {}),
      buttons: (card.buttons ?? []).map((b, m) => buttonOf(b, values.cards?.[n]?.buttons?.[m])),
    })),
  };
}

function headerOf(
  header: Schemas['TemplateHeader'] | null | undefined,
  values: TemplateValues,
): WaHeader | undefined {
  if (!header) return undefined;
  if (header.type === 'text') {
    // A header has one placeholder at most.
    const text = header.text.replace(/\{\{[a-z0-9_]+\}\}/, (whole) => values.header || whole);
    return { type: 'text', text };
  }
  if (header.type === 'location') return { type: 'location', ...values.location };
  return { type: 'media', kind: header.type, url: values.header, filename: values.filename };
}

function buttonOf(button: Schemas['TemplateButton'], value: string | undefined): WaButton {
  const { type: kind, text } = button;
  if (kind === 'url') {
    const url = (button.url ?? '').replace(/\{\{[a-z0-9_]+\}\}$/, (whole) => value || whole);
    return { kind, text, value: url };
  }
  if (kind === 'phone') return { kind, text, value: button.phone ?? undefined };
  return { kind, text, value };
}

/** A date, or milliseconds as digits. */
function momentOf(text: string | undefined): number | undefined {
  if (!text) return undefined;
  const at = /^\d{11,}$/.test(text) ? Number(text) : Date.parse(text);
  return Number.isFinite(at) ? at : undefined;
}

/** What a source gives for a person; for nobody its default. */
export function sourceValue(source: Source | null | undefined, person?: Person): string | undefined {
  if (!source) return undefined;
  if (source.from === 'text') return source.text || undefined;
  const { name } = source;
  const own = person && (name === 'name' || name === 'phone' || name === 'identity');
  const found = own ? person[name] : person?.attributes?.[name];
  const text = found === undefined || found === null ? '' : String(found).trim();
  return text || source.default || undefined;
}

/** The values that a mapping gives for a person; without one, its defaults. */
export function valuesOf(content: Template, mapping: Mapping, person?: Person): TemplateValues {
  const get = (source: Source | null | undefined) => sourceValue(source, person);
  const all = (sources: Record<string, Source> | undefined) =>
    Object.fromEntries(Object.entries(sources ?? {}).map(([key, source]) => [key, get(source)]));
  const texts = (text: string, sources: Source[] | undefined) =>
    Object.fromEntries(variables(text).map((name, n) => [name, get(sources?.[n])]));
  const place = mapping.location;
  return {
    header: get(mapping.header),
    filename: get(mapping.header_filename),
    location: place
      ? {
          latitude: get(place.latitude),
          longitude: get(place.longitude),
          name: get(place.name),
          address: get(place.address),
        }
      : undefined,
    body: texts(content.body, mapping.body),
    buttons: all(mapping.buttons),
    offerEnds: get(mapping.offer_ends),
    cards: content.cards?.map((card, n) => ({
      header: get(mapping.cards?.[n]?.header),
      body: texts(card.body ?? '', mapping.cards?.[n]?.body),
      buttons: all(mapping.cards?.[n]?.buttons),
    })),
  };
}
