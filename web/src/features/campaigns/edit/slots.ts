import { useLingui } from '@lingui/react/macro';
import type { Schemas } from '~/api/client';
import { variables } from '~/wa/parse';
import type { Mapping } from '../queries';

export type Source = Schemas['Source'];
type Content = Schemas['TemplateContent'];

type Part =
  | { kind: 'header' | 'media' | 'filename' | 'latitude' | 'longitude' | 'place' | 'address' | 'offer_ends' }
  | { kind: 'body'; name: string }
  | { kind: 'link' | 'code'; button: string }
  | { kind: 'custom'; key: string };

/** Something in a template that is filled per message. */
export interface Slot {
  /** As the server names it in its errors. */
  pointer: string;
  part: Part;
  /** The card of a carousel that it is on, from 0. */
  card?: number | undefined;
  optional?: boolean;
}

/** The places of a template that are filled per message, in the order of the message. */
export function slotsOf(content: Content, mapping: Mapping): Slot[] {
  const found: Slot[] = [];
  const add = (path: string, part: Part, more: Partial<Slot> = {}) =>
    found.push({ pointer: `/mapping/${path}`, part, ...more });
  const { header } = content;
  if (header?.type === 'text' && variables(header.text).length > 0) add('header', { kind: 'header' });
  if (header?.type === 'image' || header?.type === 'video' || header?.type === 'document')
    add('header', { kind: 'media' });
  if (header?.type === 'document') add('header_filename', { kind: 'filename' }, { optional: true });
  if (header?.type === 'location') {
    add('location/latitude', { kind: 'latitude' });
    add('location/longitude', { kind: 'longitude' });
    add('location/name', { kind: 'place' }, { optional: true });
    add('location/address', { kind: 'address' }, { optional: true });
  }
  const body = (at: string, text: string, card?: number) => {
    for (const [n, name] of variables(text).entries())
      add(`${at}body/${n}`, { kind: 'body', name }, { card });
  };
  const buttons = (at: string, all: Schemas['TemplateButton'][], card?: number) => {
    for (const [n, button] of all.entries()) {
      const path = `${at}buttons/${n}`;
      if (button.type === 'url' && variables(button.url ?? '').length > 0)
        add(path, { kind: 'link', button: button.text }, { card });
      if (button.type === 'copy_code') add(path, { kind: 'code', button: button.text }, { card });
    }
  };
  body('', content.body);
  if (content.offer?.has_expiration) add('offer_ends', { kind: 'offer_ends' });
  buttons('', content.buttons ?? []);
  for (const [n, card] of (content.cards ?? []).entries()) {
    add(`cards/${n}/header`, { kind: 'media' }, { card: n });
    body(`cards/${n}/`, card.body ?? '', n);
    buttons(`cards/${n}/`, card.buttons ?? [], n);
  }
  for (const key of Object.keys(mapping.custom ?? {})) {
    add(`custom/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`, { kind: 'custom', key });
  }
  return found;
}

/** The kind of file that a slot takes, if it takes one. */
export function fileOf(content: Content, { part, card }: Slot): string | undefined {
  if (part.kind !== 'media') return undefined;
  return card === undefined ? content.header?.type : content.cards?.[card]?.header.type;
}

const keysOf = (pointer: string) =>
  pointer
    .split('/')
    .slice(2)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));

/** Where a slot's value comes from. */
export function sourceAt(mapping: Mapping, pointer: string): Source | undefined {
  let at: unknown = mapping;
  for (const key of keysOf(pointer)) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = (at as Record<string, unknown>)[key];
  }
  return (at as Source | null | undefined) ?? undefined;
}

const NOTHING: Source = { from: 'text', text: '' };

/** The mapping with another source at a slot; without one the slot is emptied, or taken out when it may be. */
export function withSource(mapping: Mapping, slot: Slot, source: Source | undefined): Mapping {
  const next = structuredClone(mapping);
  const keys = keysOf(slot.pointer);
  const last = keys.pop() ?? '';
  let at = next as Record<string, unknown>;
  for (const [i, key] of keys.entries()) {
    if (at[key] === undefined || at[key] === null) {
      const list = key === 'body' || key === 'cards';
      at[key] = list ? [] : key === 'location' ? { latitude: NOTHING, longitude: NOTHING } : {};
    }
    if (key === 'cards') {
      const cards = at[key] as unknown[];
      // Cards before this one that nobody filled yet.
      while (cards.length <= Number(keys[i + 1])) cards.push({});
    }
    at = at[key] as Record<string, unknown>;
  }
  if (Array.isArray(at)) {
    while (at.length <= Number(last)) at.push(NOTHING);
    at[Number(last)] = source ?? NOTHING;
  } else if (source === undefined && slot.optional) {
    delete at[last];
  } else {
    at[last] = source ?? NOTHING;
  }
  return next;
}

export interface SlotWords {
  name: string;
  about?: string;
  example?: string;
}

/** What a slot is called, and what fits there. */
export function useSlotWords(): (slot: Slot) => SlotWords {
  const { t } = useLingui();
  const plain = ({ part }: Slot): SlotWords => {
    switch (part.kind) {
      case 'header':
        return { name: t`The variable of the header` };
      case 'media':
        return {
          name: t`The file of the header`,
          about: t`A public link that begins with https://. WhatsApp fetches it.`,
          example: 'https://shop.example/offer.jpg',
        };
      case 'filename':
        return { name: t`The name of the file`, example: 'invoice.pdf' };
      case 'latitude':
        return { name: t`The latitude of the place`, example: '18.5204' };
      case 'longitude':
        return { name: t`The longitude of the place`, example: '73.8567' };
      case 'place':
        return { name: t`The name of the place` };
      case 'address':
        return { name: t`The address of the place` };
      case 'offer_ends':
        return {
          name: t`When the offer ends`,
          about: t`A date and time with its offset.`,
          example: '2026-12-24T18:00:00+05:30',
        };
      case 'body':
        return { name: `{{${part.name}}}` };
      case 'link': {
        const { button } = part;
        return {
          name: t`The end of the link of "${button}"`,
          about: t`It is put at the end of the approved link.`,
        };
      }
      case 'code': {
        const { button } = part;
        return { name: t`The code of "${button}"`, about: t`At most 15 characters.`, example: 'DIWALI20' };
      }
      case 'custom':
        return { name: part.key, about: t`For the provider; the person does not see it.` };
    }
  };
  return (slot) => {
    const words = plain(slot);
    if (slot.card === undefined) return words;
    const card = slot.card + 1;
    const { name } = words;
    return { ...words, name: t`Card ${card}: ${name}` };
  };
}
