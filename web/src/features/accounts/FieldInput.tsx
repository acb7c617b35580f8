import { Trans, useLingui } from '@lingui/react/macro';
import {
  Button,
  Checkbox,
  Group,
  Input,
  NumberInput,
  PasswordInput,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core';
import { type ChangeEvent, useState } from 'react';
import { useSaid } from '~/i18n/said';
import { Time } from '~/ui/format';
import type { Field } from './queries';

interface Props {
  field: Field;
  value: string | boolean;
  /** A secret that is kept already: it is never shown, only replaced. */
  kept: boolean;
  /** When that was set, where it is known. */
  since?: number | undefined;
  error?: string | undefined;
  onChange: (value: string | boolean) => void;
}

/** One field of a provider's form, as the provider describes it. */
export function FieldInput({ field, value, kept, since, error, onChange }: Props) {
  const { t } = useLingui();
  const said = useSaid();
  const label = said(field.label);
  const help = said(field.help);
  const [replacing, setReplacing] = useState(false);
  const [asked, setAsked] = useState(false);
  const common = {
    label,
    description: help,
    error,
    withAsterisk: field.required,
    name: field.key,
  };
  const text = typeof value === 'string' ? value : '';
  if (field.type === 'checkbox') {
    return (
      <Checkbox
        label={label}
        description={help}
        error={error}
        name={field.key}
        checked={value === true}
        onChange={(e) => onChange(e.currentTarget.checked)}
      />
    );
  }
  if (field.type === 'secret') {
    // A server that asks for a kept secret again says so as an error of the field.
    if (kept && !replacing && !error && text === '') {
      return (
        <div>
          <Input.Label labelElement="div">{label}</Input.Label>
          <Group gap="xs">
            <Text size="sm" c="dimmed">
              {since === undefined ? (
                <Trans>It is set, and is never shown.</Trans>
              ) : (
                <Trans>
                  Set on <Time at={since} full />, and never shown.
                </Trans>
              )}
            </Text>
            <Button
              size="compact-sm"
              variant="subtle"
              onClick={() => setReplacing(true)}
              aria-label={t`Replace ${label}`}
            >
              <Trans>Replace</Trans>
            </Button>
          </Group>
        </div>
      );
    }
    const secret = {
      ...common,
      description: kept && !asked && !error ? t`Leave it empty to keep the one that is set.` : help,
      value: text,
      onChange: (e: ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) => {
        // An error that is typed away must not fold the field, nor say that nothing is needed.
        if (error) setAsked(true);
        setReplacing(true);
        onChange(e.currentTarget.value);
      },
      // The button that was pressed is gone: the focus goes where one types.
      autoFocus: replacing,
      spellCheck: false,
      dir: 'ltr' as const,
    };
    // A key has lines, which a field of one line would swallow.
    if (/private_?key/i.test(field.key))
      return <Textarea {...secret} autosize minRows={3} maxRows={8} autoComplete="off" />;
    return (
      <PasswordInput
        {...secret}
        autoComplete="new-password"
        // Mantine marks only what stands around the field.
        aria-invalid={error ? true : undefined}
        visibilityToggleButtonProps={{ 'aria-label': t`Show ${label}` }}
      />
    );
  }
  if (field.type === 'long_text') {
    return (
      <Textarea
        {...common}
        value={text}
        onChange={(e) => onChange(e.currentTarget.value)}
        autosize
        minRows={2}
        maxRows={10}
        dir="auto"
      />
    );
  }
  if (field.type === 'number') {
    return (
      <NumberInput
        {...common}
        value={text}
        onChange={(next) => onChange(String(next))}
        min={field.min ?? undefined}
        max={field.max ?? undefined}
        allowDecimal={false}
        placeholder={field.default ?? undefined}
      />
    );
  }
  const type = field.type === 'url' ? 'url' : field.type === 'phone_or_code' ? 'tel' : 'text';
  return (
    <TextInput
      {...common}
      type={type}
      value={text}
      onChange={(e) => onChange(e.currentTarget.value)}
      placeholder={field.default ?? undefined}
      autoComplete="off"
      dir={type === 'text' ? 'auto' : 'ltr'}
    />
  );
}
