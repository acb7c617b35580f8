import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, Box, Button, Group, Menu, Paper, Stack, Text, TextInput, Tooltip } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react';
import { useRef } from 'react';
import { SourceMapping } from '~/ui/SourceMapping';
import { useBuilder } from './builder';
import { type ButtonKind, type FormButton, isDynamic, newButton } from './form';
import { Count } from './Section';
import { length, useButtonNames } from './words';

const NEEDS: Record<ButtonKind, string> = {
  quick_reply: 'template_quick_reply',
  url: 'template_url',
  phone: 'template_phone',
  copy_code: 'template_copy_code',
};

interface Props {
  buttons: FormButton[];
  onChange: (buttons: FormButton[]) => void;
  /** Under `/content` and `/mapping`: empty, or `/cards/0`. */
  at: string;
  kinds: readonly ButtonKind[];
  /** How many there may be of each kind, and together. */
  limits: Partial<Record<ButtonKind, number>>;
  most: number;
}

/** Buttons in their order: add, change, move, remove. */
export function Buttons({ buttons, onChange, at, kinds, limits, most }: Props) {
  const { t } = useLingui();
  const { carrier, problem } = useBuilder();
  const names = useButtonNames();
  const list = useRef<HTMLDivElement>(null);
  const set = (index: number, change: Partial<FormButton>) =>
    onChange(buttons.map((button, n) => (n === index ? { ...button, ...change } : button)));
  const move = (index: number, by: number) => {
    const next = [...buttons];
    const [taken] = next.splice(index, 1);
    if (taken) next.splice(index + by, 0, taken);
    onChange(next);
  };
  /** Quick replies stay together: a new one goes behind the last of its group. */
  const add = (type: ButtonKind) => {
    const next = [...buttons];
    const last = next.findLastIndex((b) => (b.type === 'quick_reply') === (type === 'quick_reply'));
    next.splice(last < 0 ? next.length : last + 1, 0, newButton(type));
    onChange(next);
    const place = last < 0 ? buttons.length : last + 1;
    setTimeout(() => list.current?.querySelectorAll<HTMLInputElement>('[data-first]')[place]?.focus(), 50);
  };
  const why = (type: ButtonKind): string | undefined => {
    const limit = limits[type];
    const n = buttons.filter((b) => b.type === type).length;
    if (carrier && !carrier.can(NEEDS[type])) return t`Not carried by ${carrier.provider}`;
    if (buttons.length >= most) return t`${most} buttons at most`;
    if (limit !== undefined && n >= limit) return t`${limit} of these at most`;
    return undefined;
  };
  const placed = problem(`/content${at}/buttons`);
  return (
    <Stack gap="xs" ref={list} data-pointer={`/content${at}/buttons`}>
      {buttons.map((button, n) => (
        <OneButton
          key={button.key}
          button={button}
          number={n + 1}
          at={`${at}/buttons/${n}`}
          onChange={(change) => set(n, change)}
          onUp={n > 0 ? () => move(n, -1) : undefined}
          onDown={n < buttons.length - 1 ? () => move(n, 1) : undefined}
          onRemove={() => onChange(buttons.filter((b) => b.key !== button.key))}
        />
      ))}
      {placed && (
        <Text size="xs" c="var(--mantine-color-error)">
          {placed}
        </Text>
      )}
      <Group gap="xs">
        <Menu position="top-start">
          <Menu.Target>
            <Button size="xs" variant="default" leftSection={<IconPlus size={14} aria-hidden />}>
              <Trans>Add a button</Trans>
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {kinds.map((type) => (
              <Menu.Item key={type} disabled={Boolean(why(type))} onClick={() => add(type)}>
                {names[type]}
                {why(type) && (
                  <Text size="xs" c="dimmed">
                    {why(type)}
                  </Text>
                )}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      </Group>
    </Stack>
  );
}

interface OneProps {
  button: FormButton;
  number: number;
  at: string;
  onChange: (change: Partial<FormButton>) => void;
  onUp?: (() => void) | undefined;
  onDown?: (() => void) | undefined;
  onRemove: () => void;
}

function OneButton({ button, number, at, onChange, onUp, onDown, onRemove }: OneProps) {
  const { t } = useLingui();
  const { problem } = useBuilder();
  const names = useButtonNames();
  const whole = problem(`/content${at}`);
  return (
    <Paper withBorder p="xs" data-pointer={`/content${at}`}>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Text size="sm" fw={600}>
          {number}. {names[button.type]}
        </Text>
        <Group gap={2} wrap="nowrap">
          {[
            { label: t`Move button ${number} up`, act: onUp, Icon: IconArrowUp },
            { label: t`Move button ${number} down`, act: onDown, Icon: IconArrowDown },
            { label: t`Remove button ${number}`, act: onRemove, Icon: IconTrash },
          ].map(({ label, act, Icon }) => (
            <Tooltip key={label} label={label}>
              <ActionIcon variant="subtle" color="gray" aria-label={label} onClick={act} disabled={!act}>
                <Icon size={16} aria-hidden />
              </ActionIcon>
            </Tooltip>
          ))}
        </Group>
      </Group>
      {whole && (
        <Text size="xs" c="var(--mantine-color-error)">
          {whole}
        </Text>
      )}
      <Stack gap="xs" mt={4}>
        <TextInput
          data-first
          label={button.type === 'copy_code' ? t`Text, if wanted` : t`Text`}
          description={
            button.type === 'copy_code' ? t`Phones write "Copy offer code" in their own language.` : undefined
          }
          value={button.text}
          onChange={(e) => onChange({ text: e.currentTarget.value })}
          rightSection={<Count used={length(button.text)} of={25} />}
          rightSectionWidth={60}
          error={problem(`/content${at}/text`)}
          data-pointer={`/content${at}/text`}
          dir="auto"
        />
        {button.type === 'url' && (
          <TextInput
            label={t`Link`}
            description={t`May end in a placeholder that is filled for each person.`}
            placeholder="https://shop.example/o/{{1}}"
            value={button.url}
            onChange={(e) => onChange({ url: e.currentTarget.value.trim() })}
            rightSection={
              button.url && !isDynamic(button.url) ? (
                <Button
                  size="compact-xs"
                  variant="subtle"
                  onClick={() => onChange({ url: `${button.url.replace(/\/?$/, '/')}{{1}}` })}
                >
                  <Trans>Add placeholder</Trans>
                </Button>
              ) : undefined
            }
            rightSectionWidth={118}
            error={problem(`/content${at}/url`)}
            data-pointer={`/content${at}/url`}
            dir="ltr"
            inputMode="url"
          />
        )}
        {button.type === 'phone' && (
          <TextInput
            label={t`Phone number with country code`}
            placeholder="+919999900001"
            value={button.phone}
            onChange={(e) => onChange({ phone: e.currentTarget.value.replace(/[\s().-]/g, '') })}
            error={problem(`/content${at}/phone`)}
            data-pointer={`/content${at}/phone`}
            dir="ltr"
            inputMode="tel"
          />
        )}
        <Filled button={button} number={number} at={at} onChange={onChange} />
      </Stack>
    </Paper>
  );
}

/** What stands behind a button for each person. */
function Filled({ button, number, at, onChange }: Pick<OneProps, 'button' | 'number' | 'at' | 'onChange'>) {
  const { t } = useLingui();
  const { problem } = useBuilder();
  const error = problem(`/mapping${at}`);
  const common = {
    value: button.source,
    onChange: (source: FormButton['source']) => onChange({ source }),
    error,
  };
  if (button.type === 'url' && !isDynamic(button.url)) return null;
  if (button.type === 'phone') return null;
  return (
    <Box data-pointer={`/mapping${at}`}>
      {button.type === 'url' && (
        <SourceMapping
          {...common}
          label={t`End of the link`}
          name={t`End of the link of button ${number}`}
          example="A-1042"
        />
      )}
      {button.type === 'copy_code' && (
        <SourceMapping
          {...common}
          label={t`Code, 15 characters at most`}
          name={t`Code of button ${number}`}
          example="SAVE10"
        />
      )}
      {button.type === 'quick_reply' && (
        <SourceMapping
          {...common}
          label={t`Payload, if wanted`}
          name={t`Payload of button ${number}`}
          description={t`Comes back with the tap; the person does not see it.`}
          optional
        />
      )}
    </Box>
  );
}
