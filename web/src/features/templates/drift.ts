import { useLingui } from '@lingui/react/macro';
import type { Schemas } from '~/api/client';
import type { Content } from './form';
import { useButtonNames, useHeaderNames } from './words';

/** A part of a template in words, here and at its provider. */
export interface Part {
  key: string;
  title: string;
  ours: string;
  theirs: string;
}

type Header = Schemas['TemplateHeader'] | null | undefined;
type Button = Schemas['TemplateButton'];

/** What says something else here than at the provider, part by part. */
export function useDifferences(): (ours: Content, theirs: Content, buttonsKnown: boolean) => Part[] {
  const { t } = useLingui();
  const headers = useHeaderNames();
  const kinds = useButtonNames();
  const header = (of: Header) => (of ? (of.type === 'text' ? of.text : headers[of.type]) : '');
  const button = ({ type, text, url, phone }: Button) =>
    [`${kinds[type]}: ${text}`, url, phone].filter(Boolean).join(' · ');
  const buttons = (all: Button[] | null | undefined) => (all ?? []).map(button).join('\n');
  return (ours, theirs, buttonsKnown) => {
    const parts: Part[] = [];
    const add = (key: string, title: string, read: (content: Content) => string | null | undefined) =>
      parts.push({ key, title, ours: read(ours) ?? '', theirs: read(theirs) ?? '' });
    add('header', t`Header`, (content) => header(content.header));
    add('offer', t`Offer`, ({ offer }) =>
      offer ? `${offer.text} · ${offer.has_expiration ? t`with an end` : t`without an end`}` : '',
    );
    add('body', t`Body`, (content) => content.body);
    add('footer', t`Footer`, (content) => content.footer);
    if (buttonsKnown) add('buttons', t`Buttons`, (content) => buttons(content.buttons));
    const cards = Math.max(ours.cards?.length ?? 0, theirs.cards?.length ?? 0);
    for (let n = 0; n < cards; n += 1) {
      const number = n + 1;
      add(`card${n}`, t`Card ${number}`, ({ cards: all }) => {
        const card = all?.[n];
        if (!card) return '';
        const below = buttonsKnown ? buttons(card.buttons) : '';
        return [header(card.header), card.body, below].filter(Boolean).join('\n');
      });
    }
    return parts.filter((part) => part.ours !== part.theirs);
  };
}
