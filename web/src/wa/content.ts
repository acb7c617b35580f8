/** What a phone shows as one message: our own shape, whatever it was made from. */
export interface WaContent {
  header?: WaHeader | undefined;
  /** Text with WhatsApp's marks, such as `*bold*`; what is not filled in yet stands as `{{name}}`. */
  body: string;
  footer?: string | undefined;
  buttons: WaButton[];
  /** A list message's menu. */
  menu?: WaMenu | undefined;
  offer?: WaOffer | undefined;
  /** Cards of a carousel; the body stands above them. */
  cards?: WaCard[] | undefined;
  /** What has no text of its own. */
  special?: WaSpecial | undefined;
}

export type WaMediaKind = 'image' | 'video' | 'audio' | 'voice' | 'document' | 'sticker';

export type WaHeader =
  | { type: 'text'; text: string }
  | { type: 'media'; kind: WaMediaKind; url?: string | undefined; filename?: string | undefined }
  | {
      type: 'location';
      latitude?: number | string | undefined;
      longitude?: number | string | undefined;
      name?: string | undefined;
      address?: string | undefined;
    };

/** `quick_reply` is of a template, `reply` of a message within the window; the value is what stands behind it. */
export interface WaButton {
  kind: 'quick_reply' | 'reply' | 'url' | 'phone' | 'copy_code';
  text: string;
  /** Payload or id, link, number, or code. */
  value?: string | undefined;
}

export interface WaRow {
  id: string;
  title: string;
  description?: string | undefined;
}
export interface WaMenu {
  /** The label that opens it. */
  button: string;
  sections: { title?: string | undefined; rows: WaRow[] }[];
}
export interface WaOffer {
  text: string;
  /** Whether it shows when it ends. */
  ends: boolean;
  /** Milliseconds since 1970 UTC, when it is known. */
  endsAt?: number | undefined;
  code?: string | undefined;
}
export interface WaCard {
  header?: WaHeader | undefined;
  body: string;
  buttons: WaButton[];
}
export type WaSpecial =
  | { kind: 'contacts'; contacts: { name: string; phone?: string | undefined }[] }
  | { kind: 'reaction'; emoji: string }
  | { kind: 'order' }
  /** A kind that we cannot show; `name` is the provider's word. */
  | { kind: 'other'; name: string };

/** Where a message got to, as ticks. */
export type WaTicks = 'sending' | 'sent' | 'delivered' | 'read' | 'failed' | 'unknown';

/** The ticks of a message's state as the server names it; none for messages from people. */
export function ticksOf(state: string): WaTicks | undefined {
  switch (state) {
    case 'queued':
    case 'sending':
      return 'sending';
    case 'sent':
    case 'delivered':
    case 'read':
    case 'failed':
    case 'unknown':
      return state;
    case 'skipped':
    case 'cancelled':
      return 'failed';
    default:
      return undefined;
  }
}

/** Uploaded files, whatever the public address of our server is when it is not the one that the browser knows. */
const UPLOADED = /^https?:\/\/[^/]+(?:\/.*)?(\/files\/hkf_[\w-]{32}\/[\w.-]+)$/;

/** Where the browser may fetch a file: only from our own server. */
export function ours(url: string | undefined): string | undefined {
  if (!url) return undefined;
  if (url.startsWith('blob:')) return url;
  const uploaded = UPLOADED.exec(url)?.[1];
  if (uploaded) return uploaded;
  try {
    return new URL(url, window.location.origin).origin === window.location.origin ? url : undefined;
  } catch {
    return undefined;
  }
}
