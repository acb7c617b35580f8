import type { WaButton, WaContent, WaHeader, WaMediaKind, WaMenu, WaSpecial } from './content';

type Json = Record<string, unknown>;

const object = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
const list = (value: unknown): Json[] => (Array.isArray(value) ? value.map(object) : []);
const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined;

/**
 * What a message of a conversation says (its `content`), as a phone shows it. Takes what we send and what people send;
 * what it does not know is shown by its kind.
 */
export function fromMessage(content: unknown): WaContent {
  const said = object(content);
  const kind = text(said.type) ?? '';
  switch (kind) {
    case 'media':
      return {
        header: mediaOf(said.kind, said),
        body: text(said.caption) ?? '',
        buttons: [],
      };
    case 'location':
      return { header: placeOf('location' in said ? object(said.location) : said), body: '', buttons: [] };
    case 'list':
      return {
        header: titleOf(said.header),
        body: text(said.body) ?? '',
        footer: text(said.footer),
        buttons: [],
        menu: menuOf(said),
      };
    case 'buttons':
      return {
        header: headerOf(said.header),
        body: text(said.body) ?? '',
        footer: text(said.footer),
        buttons: list(said.buttons).map((b) => ({
          kind: 'reply',
          text: text(b.title) ?? '',
          value: text(b.id),
        })),
      };
    case 'template':
      return templateOf(said);
    case 'text':
      return { body: text(said.body) ?? text(said.text) ?? '', buttons: [] };
    default:
      return inboundOf(kind, said);
  }
}

/** A message that a person sent, with its file where our own server gives it. */
export function fromPerson(content: unknown, id: string): WaContent {
  const shown = fromMessage(content);
  const { header } = shown;
  if (header?.type !== 'media' || !header.url) return shown;
  return { ...shown, header: { ...header, url: `/api/v1/messages/${id}/media` } };
}

function templateOf(said: Json): WaContent {
  const offer = object(said.offer);
  const buttons = list(said.buttons).map(buttonOf);
  return {
    header: headerOf(said.header),
    body: text(said.body) ?? '',
    footer: text(said.footer),
    buttons,
    offer: text(offer.text)
      ? {
          text: text(offer.text) ?? '',
          ends: typeof offer.expires_at === 'number',
          endsAt: typeof offer.expires_at === 'number' ? offer.expires_at : undefined,
          code: buttons.find((b) => b.kind === 'copy_code')?.value,
        }
      : undefined,
    cards: Array.isArray(said.cards)
      ? list(said.cards).map((card) => ({
          header: headerOf(card.header),
          body: text(card.body) ?? '',
          buttons: list(card.buttons).map(buttonOf),
        }))
      : undefined,
  };
}

/** What a person sent: `text`, `media`, `location`, `reply` or `raw`, whatever the kind is called. */
function inboundOf(kind: string, said: Json): WaContent {
  const body = text(said.text) ?? text(object(said.reply).title) ?? '';
  if (said.media) {
    const media = object(said.media);
    const header = mediaOf(kind, media);
    return { header, body: text(media.caption) ?? body, buttons: [] };
  }
  if (kind === 'reaction') return { body: '', buttons: [], special: { kind: 'reaction', emoji: body } };
  if (kind === 'contacts') return { body, buttons: [], special: contactsOf(said.raw) };
  if (kind === 'order') return { body, buttons: [], special: { kind: 'order' } };
  if (body) return { body, buttons: [] };
  return { body: '', buttons: [], special: { kind: 'other', name: kind } };
}

const KINDS: readonly WaMediaKind[] = ['image', 'video', 'audio', 'voice', 'document', 'sticker'];

function mediaOf(kind: unknown, media: Json): WaHeader {
  const known = KINDS.find((k) => k === kind) ?? 'document';
  return { type: 'media', kind: known, url: text(media.url), filename: text(media.filename) };
}

function placeOf(place: Json): WaHeader {
  return {
    type: 'location',
    latitude: text(place.latitude),
    longitude: text(place.longitude),
    name: text(place.name),
    address: text(place.address),
  };
}

function titleOf(value: unknown): WaHeader | undefined {
  const title = text(value);
  return title ? { type: 'text', text: title } : undefined;
}

function headerOf(value: unknown): WaHeader | undefined {
  const header = object(value);
  if (header.type === 'text') return titleOf(header.text);
  if (header.type === 'media') return mediaOf(header.kind, header);
  if (header.type === 'location') return placeOf(header);
  return undefined;
}

function buttonOf(button: Json): WaButton {
  const label = text(button.text) ?? '';
  switch (button.type) {
    case 'static_url':
      return { kind: 'url', text: label, value: text(button.url) };
    case 'dynamic_url':
      return { kind: 'url', text: label, value: `${text(button.base) ?? ''}${text(button.suffix) ?? ''}` };
    case 'phone':
      return { kind: 'phone', text: label, value: text(button.number) };
    case 'copy_code':
      return { kind: 'copy_code', text: label, value: text(button.code) };
    default:
      return { kind: 'quick_reply', text: label, value: text(button.payload) };
  }
}

function menuOf(said: Json): WaMenu {
  return {
    button: text(said.button) ?? '',
    sections: list(said.sections).map((section) => ({
      title: text(section.title),
      rows: list(section.rows).map((row) => ({
        id: text(row.id) ?? '',
        title: text(row.title) ?? '',
        description: text(row.description),
      })),
    })),
  };
}

/** Contacts as WhatsApp words them; providers differ in what stands around them. */
function contactsOf(raw: unknown): WaSpecial {
  const cards = Array.isArray(raw) ? list(raw) : list(object(raw).contacts);
  const contacts = cards.map((card) => {
    const name = object(card.name);
    const phone = list(card.phones)[0] ?? {};
    return {
      name: text(name.formatted_name) ?? text(name.first_name) ?? text(card.name) ?? '',
      phone: text(phone.phone) ?? text(phone.wa_id),
    };
  });
  return { kind: 'contacts', contacts };
}
