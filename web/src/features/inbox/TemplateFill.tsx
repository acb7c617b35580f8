import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, Stack, Text } from '@mantine/core';
import { IconSend } from '@tabler/icons-react';
import { type FormEvent, useMemo, useState } from 'react';
import { Phone } from '~/ui/format';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { fromTemplate, type Person, valuesOf } from '~/wa/convert';
import { WaBubble } from '~/wa/WaBubble';
import type { Conversation } from './queries';
import { mappingWith, slotsOf, startValues } from './slots';
import { TemplateValues } from './TemplateValues';
import classes from './Thread.module.css';
import type { Template } from './templates';

/** Who is written to, and from which number where that is known. */
export type WrittenTo = Pick<Conversation, 'profile_id' | 'name' | 'phone'> & { number?: string };

interface Props {
  template: Template;
  conversation: WrittenTo;
  person: Person | undefined;
  onSend: (template: Template, words: string, mapping: Template['mapping']) => void;
  sending?: boolean | undefined;
  problem?: unknown;
}

/** Values for one person, with the message as the phone will show it. */
export function TemplateFill({ template, conversation, person, onSend, sending, problem }: Props) {
  const { t } = useLingui();
  const { content } = template;
  const slots = useMemo(() => slotsOf(content), [content]);
  const [values, setValues] = useState(() =>
    startValues(slots, template.mapping, person ?? { name: conversation.name, phone: conversation.phone }),
  );
  const known = useMemo(() => {
    const told = [person?.name ?? conversation.name, ...Object.values(person?.attributes ?? {})];
    return [...new Set(told.map((one) => String(one ?? '').trim()).filter((one) => one !== ''))];
  }, [person, conversation.name]);
  const [tried, setTried] = useState(false);
  const mapping = mappingWith(slots, values, content.cards?.length ?? 0);
  const shown = fromTemplate(content, valuesOf(content, mapping));
  const missing = slots.filter((slot) => slot.required && !values[slot.path]?.trim());
  const errors = tried ? Object.fromEntries(missing.map(({ path }) => [path, t`Give a value.`])) : {};
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (missing.length === 0) onSend(template, shown.body, mapping);
  };
  return (
    <form onSubmit={submit} noValidate>
      <div className={classes.fill}>
        <Stack gap="sm">
          {slots.length > 0 ? (
            <TemplateValues
              slots={slots}
              values={values}
              errors={errors}
              known={known}
              onChange={(path, value) => setValues((now) => ({ ...now, [path]: value }))}
            />
          ) : (
            <Text size="sm" c="dimmed">
              <Trans>This template has nothing to fill in.</Trans>
            </Text>
          )}
        </Stack>
        <div className={classes.preview}>
          <WaBubble content={shown} direction="in" label={t`Preview of the message`} />
        </div>
      </div>
      {problem !== undefined && problem !== null && (
        <Stack mt="md">
          <ProblemAlert problem={problem} />
        </Stack>
      )}
      <Group justify="space-between" mt="md" gap="xs">
        <Text size="xs" c="dimmed">
          {conversation.number ? (
            <Trans>
              Leaves from <Phone number={conversation.number} />, the number they last wrote to.
            </Trans>
          ) : (
            <Trans>Leaves from the default number of the template's account.</Trans>
          )}
        </Text>
        <Button type="submit" leftSection={<IconSend size={16} aria-hidden />} loading={sending ?? false}>
          <Trans>Send the template</Trans>
        </Button>
      </Group>
    </form>
  );
}
