import type { Schemas } from '~/api/client';
import type { Mapping } from '~/wa/convert';
import type { Category, Content, Source, Written } from './form';
import { WORDS } from './sampleWords';

/** Languages in which the samples are written; the language of a template is not that of the dashboard. */
export const SAMPLE_LANGUAGES = { en: 'English', hi: 'हिन्दी' } as const;
export type SampleLanguage = keyof typeof SAMPLE_LANGUAGES;

export type SampleName = keyof typeof WORDS;

/** What a sample says in one language. */
export interface SampleWords {
  /** Of a text header. */
  title?: string;
  body: string;
  /** What stands for people without the attribute, one for each placeholder of the body. */
  values: readonly string[];
  footer?: string;
  /** One for each button; the one that copies a code is labelled by phones. */
  buttons?: readonly string[];
  /** Title of a limited-time offer. */
  offer?: string;
}

interface SampleButton {
  type: Schemas['TemplateButtonKind'];
  url?: string;
  phone?: string;
  source?: Source;
}

/** What a sample is in every language. */
interface Sample {
  category: Category;
  header?: Schemas['TemplateHeader']['type'];
  /** Attributes for the placeholders of the body. */
  attributes: readonly string[];
  buttons?: readonly SampleButton[];
  /** Of a header with a file or a place. */
  mapping?: Mapping;
}

const text = (value: string): Source => ({ from: 'text', text: value });
const attribute = (name: string, value: string): Source => ({ from: 'attribute', name, default: value });
const reply: SampleButton = { type: 'quick_reply' };
const link = (url: string, source?: Source): SampleButton => ({
  type: 'url',
  url,
  ...(source && { source }),
});
const call: SampleButton = { type: 'phone', phone: '+919999900001' };
const code = (value: string): SampleButton => ({ type: 'copy_code', source: text(value) });

const SHOP = 'https://shop.example';
const ORDER = attribute('order_number', 'A-1042');

const SAMPLES: Record<SampleName, Sample> = {
  order_confirmed: {
    category: 'utility',
    header: 'text',
    attributes: ['name', 'order_number', 'order_amount'],
    buttons: [link(`${SHOP}/orders/{{1}}`, ORDER)],
  },
  order_shipped: {
    category: 'utility',
    attributes: ['name', 'order_number', 'courier', 'delivery_day'],
    buttons: [reply, reply],
  },
  out_for_delivery: {
    category: 'utility',
    attributes: ['name', 'order_number', 'delivery_time'],
    buttons: [link(`${SHOP}/track/{{1}}`, ORDER), call],
  },
  appointment_reminder: {
    category: 'utility',
    attributes: ['name', 'appointment_day', 'appointment_time'],
    buttons: [reply, reply],
  },
  payment_reminder: {
    category: 'utility',
    attributes: ['name', 'amount_due', 'invoice_number', 'due_day'],
    buttons: [link(`${SHOP}/pay/{{1}}`, attribute('invoice_number', 'R-2048')), reply],
  },
  cart_waiting: {
    category: 'marketing',
    attributes: ['name', 'cart_item'],
    buttons: [code('BACK10'), link(`${SHOP}/cart`)],
  },
  festive_offer: {
    category: 'marketing',
    header: 'image',
    attributes: ['name', 'offer_discount', 'offer_last_day'],
    buttons: [reply, reply, reply],
    mapping: { header: text(`${SHOP}/offer.jpg`) },
  },
  limited_offer: {
    category: 'marketing',
    header: 'image',
    attributes: ['name', 'offer_discount'],
    buttons: [code('WEEK20'), link(`${SHOP}/sale`)],
    mapping: { header: text(`${SHOP}/sale.jpg`) },
  },
  how_did_we_do: {
    category: 'utility',
    attributes: ['name', 'order_number'],
    buttons: [reply, reply, reply],
  },
  event_invitation: {
    category: 'marketing',
    header: 'location',
    attributes: ['name', 'event_name', 'event_day', 'event_time'],
    buttons: [reply, reply, reply],
    mapping: {
      location: {
        latitude: text('18.5204'),
        longitude: text('73.8567'),
        name: text('Lake Road Shop'),
        address: text('12 Lake Road, Pune'),
      },
    },
  },
  invoice_file: {
    category: 'utility',
    header: 'document',
    attributes: ['name', 'invoice_number', 'invoice_day'],
    mapping: {
      header: attribute('invoice_link', `${SHOP}/invoices/R-2048.pdf`),
      header_filename: text('invoice.pdf'),
    },
  },
  welcome: {
    category: 'marketing',
    header: 'text',
    attributes: ['name'],
    buttons: [reply, reply, reply],
  },
};

export const SAMPLE_NAMES = Object.keys(SAMPLES) as SampleName[];

export const sampleName = (name: string | undefined) => SAMPLE_NAMES.find((one) => one === name);
export const sampleLanguage = (code: string | undefined) =>
  (Object.keys(SAMPLE_LANGUAGES) as SampleLanguage[]).find((one) => one === code);

/** A sample as a template that nobody has saved yet. Its offer ends in a week, at six in the evening. */
export function sampleOf(name: SampleName, language: SampleLanguage, accountId: string, now: Date): Written {
  const { category, header, attributes, buttons = [], mapping = {} } = SAMPLES[name];
  const words: SampleWords = WORDS[name][language];
  const content: Content = { body: words.body };
  if (header === 'text') content.header = { type: 'text', text: words.title ?? '' };
  else if (header) content.header = { type: header };
  if (words.footer) content.footer = words.footer;
  if (words.offer) content.offer = { text: words.offer, has_expiration: true };
  if (buttons.length > 0)
    content.buttons = buttons.map(({ source: _, ...button }, n) => ({
      ...button,
      text: words.buttons?.[n] ?? '',
    }));
  const ends = new Date(now.getFullYear(), now.getMonth(), now.getDate() + 7, 18);
  return {
    account_id: accountId,
    name,
    language,
    category,
    addressing: 'text',
    content,
    mapping: {
      ...mapping,
      body: attributes.map((one, n) => attribute(one, words.values[n] ?? '')),
      buttons: Object.fromEntries(buttons.flatMap(({ source }, n) => (source ? [[`${n}`, source]] : []))),
      ...(words.offer && { offer_ends: text(ends.toISOString()) }),
    },
  };
}
