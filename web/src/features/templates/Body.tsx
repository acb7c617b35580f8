import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, Button, Group, Input, Menu, Stack, Text, Textarea, Tooltip } from '@mantine/core';
import {
  IconBlockquote,
  IconBold,
  IconBraces,
  IconCode,
  IconItalic,
  IconList,
  IconListNumbers,
  IconStrikethrough,
} from '@tabler/icons-react';
import { type ClipboardEvent, type KeyboardEvent, startTransition, useRef, useState } from 'react';
import { EmojiButton } from '~/ui/EmojiButton';
import { fitting, type Lines, mark, markLines, put } from '~/ui/insert';
import { BUILT_IN, useAttributeNames } from '~/ui/people';
import { SourceMapping } from '~/ui/SourceMapping';
import { variables } from '~/wa/parse';
import { useBuilder } from './builder';
import { fixName, type Source, type Values } from './form';
import { Count } from './Section';
import { length } from './words';

interface Props {
  label: string;
  description?: string;
  text: string;
  values: Values;
  onText: (text: string) => void;
  onSource: (name: string, source: Source | undefined) => void;
  limit: number;
  /** Where its problems are told: `/content/body` and `/mapping/body`. */
  at: string;
  mappedAt: string;
  rows?: number;
  /** In which placeholders stand, for screen readers. */
  where: (placeholder: string) => string;
}

/** A text with marks and placeholders, and what these are filled with. */
export function Body(props: Props) {
  const { label, description, text, values, onText, onSource, limit, at, mappedAt, rows = 7, where } = props;
  const { t } = useLingui();
  const { problem } = useBuilder();
  const field = useRef<HTMLTextAreaElement>(null);
  // The field answers at once; the bubble and the rules follow when there is time. Another text comes with another key.
  const [typed, setTyped] = useState(text);
  /** How many characters of what was pasted found no room. */
  const [cut, setCut] = useState<{ left: number; of: string }>();
  const change = (next: string) => {
    setTyped(next);
    startTransition(() => onText(next));
  };
  const attributes = useAttributeNames();
  const names = variables(text);
  const named = names.some((name) => !/^\d+$/.test(name));
  const marks = [
    { sign: '*', title: t`Bold`, icon: IconBold, keys: 'b' },
    { sign: '_', title: t`Italic`, icon: IconItalic, keys: 'i' },
    { sign: '~', title: t`Strikethrough`, icon: IconStrikethrough, keys: undefined },
    { sign: '```', title: t`Monospace`, icon: IconCode, keys: undefined },
  ];
  const kinds: { kind: Lines; title: string; icon: typeof IconList }[] = [
    { kind: 'list', title: t`List`, icon: IconList },
    { kind: 'numbers', title: t`Numbered list`, icon: IconListNumbers },
    { kind: 'quote', title: t`Quote`, icon: IconBlockquote },
  ];
  /** What is too long would have to be cut anyway: it is cut here, and told. */
  const paste = (event: ClipboardEvent<HTMLTextAreaElement>) => {
    const box = event.currentTarget;
    const pasted = event.clipboardData.getData('text/plain').replace(/\r\n?/g, '\n');
    const stays = box.value.slice(0, box.selectionStart) + box.value.slice(box.selectionEnd);
    const room = Math.max(0, limit - length(stays));
    setCut(undefined);
    if (length(pasted) <= room) return;
    event.preventDefault();
    const fits = fitting(pasted, room);
    if (fits !== '') put(box, fits);
    setCut({ left: length(pasted) - length(fits), of: box.value });
  };
  /** A placeholder in the style of the others, filled with an attribute when one was chosen. */
  const insert = (attribute?: string) => {
    if (!field.current) return;
    const last = Math.max(0, ...names.filter((n) => /^\d+$/.test(n)).map(Number));
    const base = attribute ? fixName(attribute) : 'value';
    let name = named ? base : `${last + 1}`;
    for (let n = 2; named && names.includes(name); n += 1) name = `${base}_${n}`;
    put(field.current, `{{${name}}}`);
    if (attribute) onSource(name, { from: 'attribute', name: attribute, default: '' });
  };
  const press = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    const found = marks.find((one) => one.keys === event.key);
    if (!found) return;
    event.preventDefault();
    mark(event.currentTarget, found.sign);
  };
  return (
    <Stack gap="xs">
      <Textarea
        ref={field}
        label={label}
        description={description}
        value={typed}
        onChange={(e) => change(e.currentTarget.value)}
        onKeyDown={press}
        onPaste={paste}
        autosize
        minRows={Math.min(rows, 3)}
        maxRows={18}
        dir="auto"
        error={problem(at)}
        data-pointer={at}
        inputWrapperOrder={['label', 'description', 'input', 'error']}
      />
      <Group justify="space-between" gap="xs">
        <Group gap={2} role="toolbar" aria-label={t`${label}: format`}>
          {marks.map(({ sign, title, icon: Icon, keys }) => (
            <Tooltip key={sign} label={keys ? `${title} (Ctrl ${keys.toUpperCase()})` : title}>
              <ActionIcon
                variant="subtle"
                color="gray"
                size={30}
                aria-label={title}
                onClick={() => field.current && mark(field.current, sign)}
              >
                <Icon size={18} aria-hidden />
              </ActionIcon>
            </Tooltip>
          ))}
          {kinds.map(({ kind, title, icon: Icon }) => (
            <Tooltip key={kind} label={title}>
              <ActionIcon
                variant="subtle"
                color="gray"
                size={30}
                aria-label={title}
                onClick={() => field.current && markLines(field.current, kind)}
              >
                <Icon size={18} aria-hidden />
              </ActionIcon>
            </Tooltip>
          ))}
          <EmojiButton onPick={(emoji) => field.current && put(field.current, emoji)} />
          <Menu position="bottom-start" withinPortal returnFocus={false}>
            <Menu.Target>
              <Button
                size="compact-sm"
                variant="subtle"
                leftSection={<IconBraces size={16} aria-hidden />}
                ms={4}
              >
                <Trans>Insert placeholder</Trans>
              </Button>
            </Menu.Target>
            <Menu.Dropdown mah={320} style={{ overflowY: 'auto' }}>
              <Menu.Item onClick={() => insert()}>
                <Trans>Empty, to be filled later</Trans>
              </Menu.Item>
              <Menu.Label>
                <Trans>From the profile</Trans>
              </Menu.Label>
              {[...BUILT_IN, ...attributes].map((name) => (
                <Menu.Item key={name} onClick={() => insert(name)}>
                  <bdi>{name}</bdi>
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        </Group>
        <Count used={length(typed)} of={limit} />
      </Group>
      <Text size="xs" role="status">
        {cut?.of === typed && (
          <Plural
            value={cut.left}
            one={`WhatsApp takes ${limit} characters here: # character of what you pasted was cut off.`}
            other={`WhatsApp takes ${limit} characters here: # characters of what you pasted were cut off.`}
          />
        )}
      </Text>
      {names.length > 0 && (
        <Input.Wrapper
          label={t`What the placeholders are filled with`}
          labelElement="div"
          description={t`Campaigns may choose otherwise. The default stands for people without the attribute, and is the example that WhatsApp reviews.`}
        >
          <Stack gap="xs" mt="xs">
            {names.map((name, n) => (
              <div key={name} data-pointer={`${mappedAt}/${n}`}>
                <SourceMapping
                  label={<bdi>{`{{${name}}}`}</bdi>}
                  name={where(`{{${name}}}`)}
                  value={values[name]}
                  onChange={(source) => onSource(name, source)}
                  error={problem(`${mappedAt}/${n}`)}
                />
              </div>
            ))}
          </Stack>
        </Input.Wrapper>
      )}
    </Stack>
  );
}
