import { Trans, useLingui } from '@lingui/react/macro';
import { SegmentedControl, Switch, Text, TextInput } from '@mantine/core';
import { SourceMapping } from '~/ui/SourceMapping';
import { useBuilder } from './builder';
import { type Kind, newCard } from './form';
import { Count, Section } from './Section';
import { length } from './words';

const NEEDS: Record<Kind, string | undefined> = {
  basic: undefined,
  offer: 'template_offer',
  carousel: 'template_carousel',
};

/** Basic, limited-time offer or carousel. */
export function KindFields() {
  const { t } = useLingui();
  const { form, patch, carrier } = useBuilder();
  const names: Record<Kind, string> = {
    basic: t`Basic`,
    offer: t`Limited-time offer`,
    carousel: t`Carousel`,
  };
  const about: Record<Kind, string> = {
    basic: t`A header, a body, a footer and up to ten buttons.`,
    offer: t`A body of 600 characters under a titled offer that can show when it ends; marketing only, no footer.`,
    carousel: t`A body and two to ten cards with a picture or a video each.`,
  };
  const kinds: Kind[] = ['basic', 'offer', 'carousel'];
  const carried = (kind: Kind) => {
    const need = NEEDS[kind];
    return !need || !carrier || carrier.can(need);
  };
  const missing = kinds
    .filter((kind) => !carried(kind))
    .map((kind) => names[kind])
    .join(', ');
  const choose = (kind: Kind) =>
    patch({
      kind,
      ...(kind === 'carousel' && form.cards.length === 0 && { cards: [newCard(), newCard()] }),
      ...(kind === 'offer' &&
        !['none', 'image', 'video'].includes(form.header) && { header: 'none' as const }),
    });
  return (
    <Section title={<Trans>Kind</Trans>}>
      <SegmentedControl
        aria-label={t`Kind`}
        data={kinds.map((kind) => ({ value: kind, label: names[kind], disabled: !carried(kind) }))}
        value={form.kind}
        onChange={(kind) => choose(kind as Kind)}
        style={{ alignSelf: 'flex-start', maxWidth: '100%', flexWrap: 'wrap' }}
      />
      <Text size="xs" c="dimmed">
        {about[form.kind]}
        {missing && carrier && (
          <>
            {' '}
            <Trans>
              {carrier.provider} does not carry: {missing}.
            </Trans>
          </>
        )}
        {form.kind !== 'basic' && (
          <>
            {' '}
            <Trans>
              It is made in the provider's console: write the same words here, and save it as approved once it
              is.
            </Trans>
          </>
        )}
      </Text>
      {form.kind === 'offer' && <OfferFields />}
    </Section>
  );
}

function OfferFields() {
  const { t } = useLingui();
  const { form, patch, problem } = useBuilder();
  return (
    <>
      <TextInput
        label={t`Title of the offer`}
        value={form.offerText}
        onChange={(e) => patch({ offerText: e.currentTarget.value })}
        rightSection={<Count used={length(form.offerText)} of={16} />}
        rightSectionWidth={60}
        error={problem('/content/offer/text') ?? problem('/content/offer')}
        data-pointer="/content/offer/text"
        dir="auto"
      />
      <Switch
        label={t`Shows when it ends`}
        checked={form.offerExpires}
        onChange={(e) => patch({ offerExpires: e.currentTarget.checked })}
      />
      {form.offerExpires && (
        <div data-pointer="/mapping/offer_ends">
          <SourceMapping
            label={t`When it ends`}
            name={t`When the offer ends`}
            description={t`Day and time with the zone, such as 2026-12-24T18:00:00+05:30.`}
            value={form.offerEnds}
            onChange={(offerEnds) => patch({ offerEnds })}
            error={problem('/mapping/offer_ends')}
            example="2026-12-24T18:00:00+05:30"
          />
        </div>
      )}
    </>
  );
}
