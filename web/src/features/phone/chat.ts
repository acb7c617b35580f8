import type { WaButton, WaContent, WaHeader, WaMediaKind, WaTicks } from '~/wa/content';
import { HAPPENED, type HandsetContent, type HandsetHeader, type HandsetMessage } from './handset';

const MEDIA: readonly WaMediaKind[] = ['image', 'video', 'audio', 'voice', 'document', 'sticker'];

/** Files of people lie in the simulator; the server hands them on, so that the page asks nobody else. */
function fileOf(link: string): string {
  const url = new URL(link, window.location.origin);
  const [, id] = /^\/media\/([\w-]+)$/.exec(url.pathname) ?? [];
  return id ? `/api/v1/handset/media/${id}${url.search}` : link;
}

function headerOf(header: HandsetHeader, mine: boolean): WaHeader {
  if (header.kind === 'text') return { type: 'text', text: header.text };
  if (header.kind === 'location') {
    const { latitude, longitude } = header;
    return {
      type: 'location',
      latitude,
      longitude,
      name: header.name || undefined,
      address: header.address || undefined,
    };
  }
  const kind = MEDIA.find((one) => one === header.media) ?? 'document';
  return {
    type: 'media',
    kind,
    url: mine ? fileOf(header.url) : header.url,
    filename: header.filename || undefined,
  };
}

/** What the simulator shows, as our bubbles take it; `mine` is what the person of the phone wrote. */
export function fromHandset(content: HandsetContent, mine: boolean): WaContent {
  return {
    header: content.header && headerOf(content.header, mine),
    body: content.body,
    footer: content.footer,
    buttons: (content.buttons ?? []).map(
      ({ kind, text, value }): WaButton => ({ kind: kind === 'copy' ? 'copy_code' : kind, text, value }),
    ),
    menu: content.menu,
  };
}

const has = (message: HandsetMessage, bit: number) => ((message.happened ?? 0) & bit) !== 0;

export const failedOnTheWay = (message: HandsetMessage) => has(message, HAPPENED.failed);

/** It came and nobody looked at it yet. */
export const unread = (message: HandsetMessage) =>
  message.id !== undefined &&
  has(message, HAPPENED.delivered) &&
  !has(message, HAPPENED.read | HAPPENED.failed);

/** On its way to the phone. */
export const onItsWay = (message: HandsetMessage) =>
  message.id !== undefined && !has(message, HAPPENED.delivered | HAPPENED.read | HAPPENED.failed);

/** What became of a message of the business; what the person wrote has arrived. */
export function ticksOn(message: HandsetMessage): WaTicks {
  if (message.id === undefined) return 'delivered';
  if (has(message, HAPPENED.read)) return 'read';
  if (has(message, HAPPENED.delivered)) return 'delivered';
  if (has(message, HAPPENED.failed)) return 'failed';
  return has(message, HAPPENED.sent) ? 'sent' : 'sending';
}
