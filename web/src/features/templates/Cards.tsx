import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, Button, Group, Paper, SegmentedControl, Stack, Text, Tooltip } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react';
import { MediaUpload } from '~/ui/MediaUpload';
import { SourceMapping } from '~/ui/SourceMapping';
import { Body } from './Body';
import { Buttons } from './Buttons';
import { useBuilder } from './builder';
import { type FormButton, type FormCard, newButton, newCard } from './form';
import { Section } from './Section';

const CARDS = 10;

/** The cards of a carousel. They are alike: what is added to one card's buttons is added to all. */
export function Cards() {
  const { t } = useLingui();
  const { form, patch, problem } = useBuilder();
  const { cards } = form;
  const set = (key: string, change: (card: FormCard) => Partial<FormCard>) =>
    patch((now) => ({
      cards: now.cards.map((card) => (card.key === key ? { ...card, ...change(card) } : card)),
    }));
  /** Kinds and order of the buttons are those of the changed card; texts stay where the kind is the same. */
  const setButtons = (key: string, buttons: FormButton[]) =>
    patch((now) => ({
      cards: now.cards.map((card) => {
        if (card.key === key) return { ...card, buttons };
        const left = [...card.buttons];
        const alike = buttons.map(({ type }) => {
          const at = left.findIndex((one) => one.type === type);
          return (at >= 0 && left.splice(at, 1)[0]) || newButton(type);
        });
        return { ...card, buttons: alike };
      }),
    }));
  const move = (index: number, by: number) => {
    const next = [...cards];
    const [taken] = next.splice(index, 1);
    if (taken) next.splice(index + by, 0, taken);
    patch({ cards: next });
  };
  return (
    <Section
      title={<Trans>Cards</Trans>}
      about={<Trans>Two to ten, each with the same kind of picture and the same kinds of buttons.</Trans>}
    >
      <SegmentedControl
        aria-label={t`What stands on the cards`}
        data={[
          { value: 'image', label: t`Images` },
          { value: 'video', label: t`Videos` },
        ]}
        value={form.cardHeader}
        onChange={(value) => patch({ cardHeader: value as 'image' | 'video' })}
        style={{ alignSelf: 'flex-start' }}
      />
      <div data-pointer="/content/cards">
        {problem('/content/cards') && (
          <Text size="xs" c="var(--mantine-color-error)">
            {problem('/content/cards')}
          </Text>
        )}
      </div>
      {cards.map((card, n) => {
        const number = n + 1;
        const controls = [
          { label: t`Move card ${number} up`, act: n > 0 ? () => move(n, -1) : undefined, Icon: IconArrowUp },
          {
            label: t`Move card ${number} down`,
            act: n < cards.length - 1 ? () => move(n, 1) : undefined,
            Icon: IconArrowDown,
          },
          {
            label: t`Remove card ${number}`,
            act:
              cards.length > 2 ? () => patch({ cards: cards.filter((c) => c.key !== card.key) }) : undefined,
            Icon: IconTrash,
          },
        ];
        return (
          <Paper key={card.key} withBorder p="sm" data-pointer={`/content/cards/${n}`}>
            <Group justify="space-between" wrap="nowrap">
              <Text fw={600} size="sm">
                <Trans>Card {number}</Trans>
              </Text>
              <Group gap={2} wrap="nowrap">
                {controls.map(({ label, act, Icon }) => (
                  <Tooltip key={label} label={label}>
                    <ActionIcon
                      variant="subtle"
                      color="gray"
                      aria-label={label}
                      onClick={act}
                      disabled={!act}
                    >
                      <Icon size={16} aria-hidden />
                    </ActionIcon>
                  </Tooltip>
                ))}
              </Group>
            </Group>
            <Stack gap="sm" mt={4}>
              {problem(`/content/cards/${n}`) && (
                <Text size="xs" c="var(--mantine-color-error)">
                  {problem(`/content/cards/${n}`)}
                </Text>
              )}
              <Stack gap="xs" data-pointer={`/mapping/cards/${n}/header`}>
                <SourceMapping
                  label={t`Link of the file`}
                  name={t`Link of the file of card ${number}`}
                  value={card.source}
                  onChange={(source) => set(card.key, () => ({ source }))}
                  error={problem(`/mapping/cards/${n}/header`)}
                  example="https://shop.example/card.jpg"
                />
                <MediaUpload
                  key={form.cardHeader}
                  kind={form.cardHeader}
                  name={t`Upload the file of card ${number}`}
                  quiet={n > 0}
                  onUploaded={({ url }) => set(card.key, () => ({ source: { from: 'text', text: url } }))}
                />
              </Stack>
              <Body
                label={t`Text of card ${number}, if wanted`}
                text={card.body}
                values={card.values}
                onText={(body) => set(card.key, () => ({ body }))}
                onSource={(name, source) =>
                  set(card.key, ({ values }) => ({ values: { ...values, [name]: source } }))
                }
                limit={160}
                at={`/content/cards/${n}/body`}
                mappedAt={`/mapping/cards/${n}/body`}
                rows={2}
                where={(placeholder) => t`${placeholder} of card ${number}`}
              />
              <Buttons
                buttons={card.buttons}
                onChange={(buttons) => setButtons(card.key, buttons)}
                at={`/cards/${n}`}
                kinds={['quick_reply', 'url', 'phone']}
                limits={{ url: 2, phone: 1 }}
                most={2}
              />
            </Stack>
          </Paper>
        );
      })}
      <Group>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconPlus size={14} aria-hidden />}
          disabled={cards.length >= CARDS}
          onClick={() => patch({ cards: [...cards, newCard(cards[0])] })}
        >
          <Trans>Add a card</Trans>
        </Button>
        {cards.length >= CARDS && (
          <Text size="xs" c="dimmed">
            <Trans>Ten cards at most.</Trans>
          </Text>
        )}
      </Group>
    </Section>
  );
}
