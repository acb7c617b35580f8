import { Trans, useLingui } from '@lingui/react/macro';
import {
  Button,
  Checkbox,
  Group,
  NumberInput,
  PasswordInput,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core';
import { useState } from 'react';
import type { Field } from './queries';

interface Props {
  field: Field;
  value: string | boolean;
  /** A secret that is kept already: it is never shown, only replaced. */
  kept: boolean;
  error?: string | undefined;
  onChange: (value: string | boolean) => void;
}

/** One field of a provider's form, as the provider describes it. */
export function FieldInput({ field, value, kept, error, onChange }: Props) {
  const { t } = useLingui();
  const [replacing, setReplacing] = useState(false);
  const common = {
    label: field.label,
    description: field.help,
    error,
    withAsterisk: field.required,
    name: field.key,
  };
  const text = typeof value === 'string' ? value : '';
  if (field.type === 'checkbox') {
    return (
      <Checkbox
        label={field.label}
        description={field.help}
        error={error}
        checked={value === true}
        onChange={(e) => onChange(e.currentTarget.checked)}
      />
    );
  }
  if (field.type === 'secret') {
    // A server that asks for a kept secret again says so as an error of the field.
    if (kept && !replacing && !error) {
      return (
        <div>
          <Text size="sm" fw={500} component="div">
            {field.label}
          </Text>
          <Group gap="xs">
            <Text size="sm" c="dimmed">
              <Trans>It is set, and is never shown.</Trans>
            </Text>
            <Button
              size="compact-sm"
              variant="subtle"
              onClick={() => setReplacing(true)}
              aria-label={t`Replace ${field.label}`}
            >
              <Trans>Replace</Trans>
            </Button>
          </Group>
        </div>
      );
    }
    // A key has lines, which a field of one line would swallow.
    if (/private_?key/i.test(field.key)) {
      return (
        <Textarea
          {...common}
          value={text}
          onChange={(e) => onChange(e.currentTarget.value)}
          autosize
          minRows={3}
          maxRows={8}
          autoComplete="off"
          spellCheck={false}
          dir="ltr"
        />
      );
    }
    return (
      <PasswordInput
        {...common}
        value={text}
        onChange={(e) => onChange(e.currentTarget.value)}
        autoComplete="new-password"
        visibilityToggleButtonProps={{ 'aria-label': t`Show ${field.label}` }}
        dir="ltr"
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
