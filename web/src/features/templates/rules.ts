import { useLingui } from '@lingui/react/macro';
import { variables } from '~/wa/parse';
import { contentOf, type Form, isOpen, type Source, takesValue } from './form';
import type { Carrier } from './queries';
import { length } from './words';

export interface Rule {
  pointer: string;
  code: string;
  detail: string;
  /** Advice: it can be sent all the same. */
  advice?: boolean;
}

const SHORTENERS =
  /\b(?:bit\.ly|tinyurl\.com|t\.co|goo\.gl|is\.gd|ow\.ly|cutt\.ly|rebrand\.ly|rb\.gy|shorturl\.at)\//i;
/** What is not done yet is no mistake: it is told in the list and, after a try to save, at the field. */
const NOT_YET = new Set(['required', 'unmapped', 'needs_default', 'missing_value']);
export const isNotYet = (rule: Rule) => NOT_YET.has(rule.code);

/** The rules that can be checked at once, in the viewer's language. The server checks all of them a moment later. */
export function useLocalRules(): (form: Form, carrier: Carrier | undefined) => Rule[] {
  const { t } = useLingui();
  const lacking = useLacking();
  return (form, carrier) => {
    const rules: Rule[] = [];
    const add = (pointer: string, code: string, detail: string, advice?: boolean) =>
      rules.push({ pointer, code, detail, ...(advice && { advice }) });
    const long = (pointer: string, what: string, text: string, limit: number) => {
      const n = length(text);
      if (n > limit) add(pointer, 'too_long', t`${what} has ${n} characters; WhatsApp takes ${limit}.`);
    };
    const source = (pointer: string, what: string, value: Source | undefined) => {
      if (!value || isOpen(value)) add(pointer, 'unmapped', t`Choose what ${what} is filled with.`);
      else if (value.from === 'attribute' && !value.default?.trim()) {
        const { name } = value;
        add(
          pointer,
          'needs_default',
          t`Give a default for ${what}: people without "${name}" cannot be sent to.`,
        );
      }
    };

    if (!form.accountId) add('/account_id', 'required', t`Choose the account that sends it.`);
    if (!form.name) add('/name', 'required', t`Give the template a name.`);
    if (!form.category) add('/category', 'required', t`Choose a category.`);
    if (form.addressing === 'id' && !form.providerTemplateId.trim())
      add('/provider_template_id', 'required', t`Give the id that the provider's console shows.`);

    const body = form.body.trim();
    const limit = form.kind === 'offer' ? 600 : 1024;
    if (!body) add('/content/body', 'required', t`Write the body.`);
    long('/content/body', t`The body`, form.body, limit);
    if (/^\{\{[a-z0-9_]+\}\}|\{\{[a-z0-9_]+\}\}$/.test(body))
      add(
        '/content/body',
        'variable_at_edge',
        t`The body may not begin or end with a placeholder. Put a word or a full stop around it.`,
      );
    if (/\}\}\s*\{\{[a-z0-9_]+\}\}/.test(body))
      add(
        '/content/body',
        'adjacent_variables',
        t`Two placeholders stand side by side: put a word between them.`,
      );
    const short = t`Shortened links hide where they lead, and are often refused. Use a link of your own site.`;
    if (SHORTENERS.test(form.body)) add('/content/body', 'shortened_link', short, true);
    const words = body.replace(/\{\{\w+\}\}/g, '');
    if (length(words) > 20 && /\p{Lu}/u.test(words) && words === words.toUpperCase())
      add('/content/body', 'capitals', t`The body is all in capitals, which reads like shouting.`, true);
    variables(form.body).forEach((name, n) => {
      source(`/mapping/body/${n}`, `{{${name}}}`, form.values[name]);
    });

    if (form.kind !== 'carousel') {
      const media = form.header === 'image' || form.header === 'video' || form.header === 'document';
      if (form.header === 'text') {
        if (!form.headerText.trim())
          add('/content/header/text', 'required', t`Write the header, or take it out.`);
        long('/content/header/text', t`The header`, form.headerText, 60);
        if (variables(form.headerText).length > 0)
          source('/mapping/header', t`the header's placeholder`, form.headerSource);
      }
      if (media) source('/mapping/header', t`the link of the header's file`, form.headerSource);
      if (form.header === 'location') {
        source('/mapping/location/latitude', t`the latitude`, form.latitude);
        source('/mapping/location/longitude', t`the longitude`, form.longitude);
      }
      if (form.kind === 'basic') long('/content/footer', t`The footer`, form.footer, 60);
      else {
        if (!form.offerText.trim()) add('/content/offer/text', 'required', t`Write the title of the offer.`);
        long('/content/offer/text', t`The title of the offer`, form.offerText, 16);
        if (form.offerExpires) source('/mapping/offer_ends', t`the end of the offer`, form.offerEnds);
      }
    } else if (form.cards.length < 2) add('/content/cards', 'too_many', t`A carousel has two to ten cards.`);

    const buttons = (at: string, card: number | undefined, list: Form['buttons']) =>
      list.forEach((button, n) => {
        const here = `${at}/buttons/${n}`;
        const number = n + 1;
        const what = card === undefined ? t`button ${number}` : t`button ${number} of card ${card}`;
        if (!button.text.trim() && button.type !== 'copy_code')
          add(`/content${here}/text`, 'required', t`Write what ${what} says.`);
        long(`/content${here}/text`, t`The text of ${what}`, button.text, 25);
        if (button.type === 'url' && !/^https?:\/\/[^\s/]\S*$/.test(button.url))
          add(
            `/content${here}/url`,
            button.url ? 'url' : 'required',
            t`Give ${what} a link that begins with https:// and has no spaces.`,
          );
        if (button.type === 'url' && SHORTENERS.test(button.url))
          add(`/content${here}/url`, 'shortened_link', short, true);
        if (button.type === 'phone' && !/^\+?\d{1,19}$/.test(button.phone))
          add(
            `/content${here}/phone`,
            button.phone ? 'phone' : 'required',
            t`Give ${what} a phone number with country code, such as +919999900001.`,
          );
        if (takesValue(button))
          source(
            `/mapping${here}`,
            button.type === 'url' ? t`the end of the link of ${what}` : t`the code of ${what}`,
            button.source,
          );
      });
    if (form.kind === 'carousel')
      form.cards.forEach((card, c) => {
        const number = c + 1;
        long(`/content/cards/${c}/body`, t`The text of card ${number}`, card.body, 160);
        source(`/mapping/cards/${c}/header`, t`the link of the file of card ${number}`, card.source);
        variables(card.body).forEach((name, n) => {
          const placeholder = `{{${name}}}`;
          source(`/mapping/cards/${c}/body/${n}`, t`${placeholder} of card ${number}`, card.values[name]);
        });
        buttons(`/cards/${c}`, number, card.buttons);
      });
    else buttons('', undefined, form.buttons);

    if (carrier) {
      for (const [pointer, part] of lacking(form, carrier))
        add(pointer, 'unsupported', t`${carrier.provider} does not carry this: ${part}.`);
    }
    return rules;
  };
}

/** The parts of a template that a provider does not carry, each with its pointer and in words. */
export function useLacking(): (form: Form, carrier: Carrier) => [string, string][] {
  const { t } = useLingui();
  const parts: Record<string, string> = {
    template_header_text: t`a text header`,
    template_header_location: t`a location header`,
    template_header_media: t`an image, a video or a document`,
    template_offer: t`a limited-time offer`,
    template_carousel: t`a carousel`,
    template_quick_reply: t`quick replies`,
    template_url: t`links`,
    template_phone: t`call buttons`,
    template_copy_code: t`buttons that copy a code`,
  };
  return (form, carrier) =>
    needs(form)
      .filter(([, capability]) => !carrier.can(capability))
      .map(([pointer, capability]) => [pointer, parts[capability] ?? capability]);
}

const KINDS = {
  quick_reply: 'template_quick_reply',
  url: 'template_url',
  phone: 'template_phone',
  copy_code: 'template_copy_code',
} as const;

/** What the provider must be able to carry, and for which part. */
function needs(form: Form): [string, string][] {
  const content = contentOf(form);
  const all: [string, string][] = [];
  const header = content.header?.type;
  if (header === 'text') all.push(['/content/header', 'template_header_text']);
  else if (header === 'location') all.push(['/content/header', 'template_header_location']);
  else if (header) all.push(['/content/header', 'template_header_media']);
  if (content.offer) all.push(['/content/offer', 'template_offer']);
  if (content.cards) all.push(['/content/cards', 'template_carousel']);
  content.buttons?.forEach((button, n) => {
    all.push([`/content/buttons/${n}`, KINDS[button.type]]);
  });
  return all;
}

/** Our own words where we have them, and what else the server found. */
export function merge(local: readonly Rule[], server: readonly Rule[]): Rule[] {
  const key = (rule: { pointer: string; code: string }) => `${rule.pointer} ${rule.code}`;
  const ours = new Set(local.map(key));
  // What is empty is told once, whatever the server calls it.
  const places = new Set(local.filter((rule) => !rule.advice).map((rule) => rule.pointer));
  const more = server.filter(
    (rule) => !ours.has(key(rule)) && !(places.has(rule.pointer) && NOT_YET.has(rule.code)),
  );
  const seen = new Set<string>();
  const all: Rule[] = [...local, ...more];
  return all
    .filter((rule) => !seen.has(key(rule)) && seen.add(key(rule)))
    .sort((a, b) => Number(a.advice ?? false) - Number(b.advice ?? false));
}
