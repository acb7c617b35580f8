import type { Schemas } from '~/api/client';
import { unique } from '~/api/unique';
import type { Mapping } from '~/wa/convert';
import { variables } from '~/wa/parse';

export type Source = Schemas['Source'];
export type Template = Schemas['Template'];
export type Content = Schemas['TemplateContent'];
export type Category = Schemas['TemplateCategory'];
export type ButtonKind = Schemas['TemplateButtonKind'];
/** What a form begins with: a saved template, or one that nobody has saved. */
export type Written = Pick<
  Template,
  'account_id' | 'name' | 'language' | 'category' | 'addressing' | 'provider_template_id' | 'content'
> & { mapping: Mapping };

export type HeaderType = 'none' | 'text' | 'image' | 'video' | 'document' | 'location';
export type Kind = 'basic' | 'offer' | 'carousel';
/** Sources of a text's placeholders, by name. Those of names that left the text are kept until it is saved. */
export type Values = Record<string, Source | undefined>;

export interface FormButton {
  /** Tells it apart while buttons move. */
  key: string;
  type: ButtonKind;
  text: string;
  url: string;
  phone: string;
  source?: Source | undefined;
}
export interface FormCard {
  key: string;
  source?: Source | undefined;
  body: string;
  values: Values;
  buttons: FormButton[];
}
export interface Form {
  accountId: string;
  name: string;
  language: string;
  category: Category | null;
  addressing: 'text' | 'id';
  providerTemplateId: string;
  kind: Kind;
  header: HeaderType;
  headerText: string;
  headerSource?: Source | undefined;
  filename?: Source | undefined;
  latitude?: Source | undefined;
  longitude?: Source | undefined;
  placeName?: Source | undefined;
  placeAddress?: Source | undefined;
  body: string;
  values: Values;
  footer: string;
  buttons: FormButton[];
  offerText: string;
  offerExpires: boolean;
  offerEnds?: Source | undefined;
  cardHeader: 'image' | 'video';
  cards: FormCard[];
  custom: { key: string; name: string; source?: Source | undefined }[];
}

export const newKey = () => unique();

export function emptyForm(accountId = ''): Form {
  return {
    accountId,
    name: '',
    language: 'en',
    category: null,
    addressing: 'text',
    providerTemplateId: '',
    kind: 'basic',
    header: 'none',
    headerText: '',
    body: '',
    values: {},
    footer: '',
    buttons: [],
    offerText: '',
    offerExpires: false,
    cardHeader: 'image',
    cards: [],
    custom: [],
  };
}

export const newButton = (type: ButtonKind): FormButton => ({
  key: newKey(),
  type,
  text: '',
  url: '',
  phone: '',
});

export const newCard = (like?: FormCard): FormCard => ({
  key: newKey(),
  body: '',
  values: {},
  // Cards have the same kinds of buttons.
  buttons: (like?.buttons ?? []).map(({ type }) => newButton(type)),
});

/** A name as WhatsApp takes it, from what a person types. */
export function fixName(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '_')
    .replace(/^_+(?=.)/, '')
    .slice(0, 512);
}

/** Whether a link ends in a placeholder. */
export const isDynamic = (url: string) => /\{\{[a-z0-9_]+\}\}$/.test(url);

/** Whether something per message stands behind a button; for a quick reply it may. */
export const takesValue = (button: Pick<FormButton, 'type' | 'url'>) =>
  button.type === 'copy_code' || (button.type === 'url' && isDynamic(button.url));

export function contentOf(form: Form): Content {
  const content: Content = { body: form.body };
  if (form.kind === 'carousel') {
    content.cards = form.cards.map((card) => ({
      header: { type: form.cardHeader },
      ...(card.body && { body: card.body }),
      ...(card.buttons.length > 0 && { buttons: card.buttons.map(buttonOf) }),
    }));
    return content;
  }
  if (form.header === 'text') content.header = { type: 'text', text: form.headerText };
  else if (form.header !== 'none') content.header = { type: form.header };
  if (form.buttons.length > 0) content.buttons = form.buttons.map(buttonOf);
  if (form.kind === 'offer') content.offer = { text: form.offerText, has_expiration: form.offerExpires };
  else if (form.footer) content.footer = form.footer;
  return content;
}

function buttonOf({ type, text, url, phone }: FormButton): Schemas['TemplateButton'] {
  return { type, text, ...(type === 'url' && { url }), ...(type === 'phone' && { phone }) };
}

/** What the server calls a placeholder that nobody has filled. */
const OPEN: Source = { from: 'text', text: '' };

/** A source without blanks that mean nothing. */
function tidy(source: Source): Source {
  if (source.from === 'text') return source;
  const name = source.name.trim();
  return source.default?.trim()
    ? { from: 'attribute', name, default: source.default }
    : { from: 'attribute', name };
}

/** Nothing was said, or only begun. */
export const isOpen = (source: Source | undefined): boolean =>
  !source || (source.from === 'text' ? !source.text.trim() : !source.name.trim());

const orOpen = (source: Source | undefined) => (source && !isOpen(source) ? tidy(source) : OPEN);
const ifSaid = (source: Source | undefined) => (source && !isOpen(source) ? tidy(source) : undefined);

/** The mapping that goes with {@link contentOf}: what is open and may be left out is left out. */
export function mappingOf(form: Form): Mapping {
  const mapping: Mapping = {};
  const names = variables(form.body);
  if (names.length > 0) mapping.body = names.map((name) => orOpen(form.values[name]));
  const custom = form.custom.filter((own) => own.name.trim() && !isOpen(own.source));
  if (custom.length > 0)
    mapping.custom = Object.fromEntries(custom.map((own) => [own.name.trim(), orOpen(own.source)]));
  if (form.kind === 'carousel') {
    mapping.cards = form.cards.map((card) => {
      const header = ifSaid(card.source);
      const texts = variables(card.body);
      const buttons = buttonSources(card.buttons);
      return {
        ...(header && { header }),
        ...(texts.length > 0 && { body: texts.map((name) => orOpen(card.values[name])) }),
        ...(buttons && { buttons }),
      };
    });
    return mapping;
  }
  const { header } = form;
  const media = header === 'image' || header === 'video' || header === 'document';
  if (media || (header === 'text' && variables(form.headerText).length > 0)) {
    const source = ifSaid(form.headerSource);
    if (source) mapping.header = source;
  }
  const filename = header === 'document' && ifSaid(form.filename);
  if (filename) mapping.header_filename = filename;
  if (header === 'location' && (!isOpen(form.latitude) || !isOpen(form.longitude))) {
    mapping.location = { latitude: orOpen(form.latitude), longitude: orOpen(form.longitude) };
    const [name, address] = [ifSaid(form.placeName), ifSaid(form.placeAddress)];
    if (name) mapping.location.name = name;
    if (address) mapping.location.address = address;
  }
  const buttons = buttonSources(form.buttons);
  if (buttons) mapping.buttons = buttons;
  if (form.kind === 'offer' && form.offerExpires) {
    const ends = ifSaid(form.offerEnds);
    if (ends) mapping.offer_ends = ends;
  }
  return mapping;
}

function buttonSources(buttons: readonly FormButton[]): Record<string, Source> | undefined {
  const said = buttons.flatMap((button, n) => {
    const fits = takesValue(button) || button.type === 'quick_reply';
    const source = fits ? ifSaid(button.source) : undefined;
    return source ? [[`${n}`, source] as const] : [];
  });
  return said.length > 0 ? Object.fromEntries(said) : undefined;
}

/** A template as a form. */
export function formOf(template: Written): Form {
  const { content, mapping } = template;
  const header = content.header;
  const firstCard = content.cards?.[0];
  return {
    ...emptyForm(template.account_id),
    name: template.name,
    language: template.language,
    category: template.category ?? null,
    addressing: template.addressing === 'id' ? 'id' : 'text',
    providerTemplateId: template.provider_template_id ?? '',
    kind: content.cards?.length ? 'carousel' : content.offer ? 'offer' : 'basic',
    header: header?.type ?? 'none',
    headerText: header?.type === 'text' ? header.text : '',
    headerSource: mapping.header ?? undefined,
    filename: mapping.header_filename ?? undefined,
    latitude: mapping.location?.latitude,
    longitude: mapping.location?.longitude,
    placeName: mapping.location?.name ?? undefined,
    placeAddress: mapping.location?.address ?? undefined,
    body: content.body,
    values: valuesFrom(content.body, mapping.body),
    footer: content.footer ?? '',
    buttons: buttonsFrom(content.buttons, mapping.buttons),
    offerText: content.offer?.text ?? '',
    offerExpires: content.offer?.has_expiration ?? false,
    offerEnds: mapping.offer_ends ?? undefined,
    cardHeader: firstCard?.header?.type === 'video' ? 'video' : 'image',
    cards: (content.cards ?? []).map((card, n) => {
      const own = mapping.cards?.[n];
      return {
        key: newKey(),
        source: own?.header ?? undefined,
        body: card.body ?? '',
        values: valuesFrom(card.body ?? '', own?.body),
        buttons: buttonsFrom(card.buttons, own?.buttons),
      };
    }),
    custom: Object.entries(mapping.custom ?? {}).map(([name, source]) => ({ key: newKey(), name, source })),
  };
}

const valuesFrom = (text: string, sources: Source[] | undefined): Values =>
  Object.fromEntries(variables(text).map((name, n) => [name, sources?.[n]]));

function buttonsFrom(
  buttons: readonly Schemas['TemplateButton'][] | null | undefined,
  sources: Record<string, Source> | undefined,
): FormButton[] {
  return (buttons ?? []).map((button, n) => ({
    key: newKey(),
    type: button.type,
    text: button.text,
    url: button.url ?? '',
    phone: button.phone ?? '',
    source: sources?.[n],
  }));
}

/** What is saved of a form, as one text: two forms that save the same are the same. */
export function fingerprint(form: Form): string {
  const { accountId, name, language, category, addressing, providerTemplateId } = form;
  const head = { accountId, name, language, category, addressing, providerTemplateId };
  return JSON.stringify([head, contentOf(form), mappingOf(form)]);
}

/** What must be approved again when it changes. */
export const wording = (form: Form) => JSON.stringify(contentOf(form));
