import type { Schemas } from '~/api/client';
import { type Person, sourceValue } from '~/wa/convert';
import { variables } from '~/wa/parse';

type Template = Schemas['TemplateContent'];
type Mapping = Schemas['Mapping'];
type Source = Schemas['Source'];

export type SlotKind =
  | 'body'
  | 'header'
  | 'media'
  | 'filename'
  | 'latitude'
  | 'longitude'
  | 'place'
  | 'address'
  | 'link'
  | 'code'
  | 'ends';

/** A place of a template that needs a value before it can be sent. */
export interface Slot {
  /** Where its source stands in the mapping, such as `body/0`. */
  path: string;
  kind: SlotKind;
  /** The placeholder's name, or the button's label. */
  name: string;
  /** Index of the card it is on. */
  card?: number;
  required: boolean;
}

const button = (at: string, buttons: Template['buttons'], card?: number): Slot[] =>
  (buttons ?? []).flatMap((b, n): Slot[] => {
    const slot = {
      path: `${at}/${n}`,
      name: b.text,
      required: true,
      ...(card === undefined ? {} : { card }),
    };
    if (b.type === 'copy_code') return [{ ...slot, kind: 'code' as const }];
    if (b.type === 'url' && variables(b.url ?? '').length > 0) return [{ ...slot, kind: 'link' as const }];
    return [];
  });

/** What is to be filled in, in the order in which a phone shows it. */
export function slotsOf(content: Template): Slot[] {
  const slots: Slot[] = [];
  const add = (path: string, kind: SlotKind, name = '', card?: number, required = true) =>
    slots.push({ path, kind, name, required, ...(card === undefined ? {} : { card }) });
  const { header } = content;
  if (header?.type === 'text') for (const name of variables(header.text)) add('header', 'header', name);
  else if (header?.type === 'location') {
    add('location/latitude', 'latitude');
    add('location/longitude', 'longitude');
    add('location/name', 'place', '', undefined, false);
    add('location/address', 'address', '', undefined, false);
  } else if (header) {
    add('header', 'media', header.type);
    if (header.type === 'document') add('header_filename', 'filename', '', undefined, false);
  }
  if (content.offer?.has_expiration) add('offer_ends', 'ends');
  for (const [n, name] of variables(content.body).entries()) add(`body/${n}`, 'body', name);
  slots.push(...button('buttons', content.buttons));
  for (const [n, card] of (content.cards ?? []).entries()) {
    add(`cards/${n}/header`, 'media', card.header.type, n);
    for (const [m, name] of variables(card.body ?? '').entries())
      add(`cards/${n}/body/${m}`, 'body', name, n);
    slots.push(...button(`cards/${n}/buttons`, card.buttons, n));
  }
  return slots;
}

type Tree = { [key: string]: Tree | Source | undefined };

function sourceAt(mapping: Mapping, path: string): Source | undefined {
  let here: unknown = mapping;
  for (const part of path.split('/')) here = (here as Tree | undefined | null)?.[part];
  return here as Source | undefined;
}

/** The values that a mapping gives for a person, by slot. */
export function startValues(
  slots: readonly Slot[],
  mapping: Mapping,
  person?: Person,
): Record<string, string> {
  return Object.fromEntries(
    slots.map(({ path }) => [path, sourceValue(sourceAt(mapping, path), person) ?? '']),
  );
}

/** A mapping with these values, the same whoever gets it. Empty optional ones are left out. */
export function mappingWith(
  slots: readonly Slot[],
  values: Readonly<Record<string, string>>,
  cards: number,
): Mapping {
  const mapping: Mapping = {
    body: [],
    buttons: {},
    cards: Array.from({ length: cards }, () => ({ header: null, body: [], buttons: {} })),
    custom: {},
    header: null,
    header_filename: null,
    location: null,
    offer_ends: null,
  };
  for (const { path, required } of slots) {
    const text = values[path]?.trim() ?? '';
    if (text === '' && !required) continue;
    const parts = path.split('/');
    const last = parts.pop() ?? '';
    let here = mapping as unknown as Tree;
    for (const part of parts) {
      here[part] ??= {};
      here = here[part] as Tree;
    }
    here[last] = { from: 'text', text };
  }
  return mapping;
}
