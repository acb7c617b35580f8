import { useLingui } from '@lingui/react/macro';
import { TextInput, type TextInputProps } from '@mantine/core';
import type { Ref } from 'react';

const DIGITS = 6;

interface Props extends Omit<TextInputProps, 'value' | 'onChange'> {
  ref?: Ref<HTMLInputElement>;
  value: string;
  onChange: (digits: string) => void;
  /** All digits are there: nobody has to press a button. */
  onComplete: (digits: string) => void;
}

/** The six digits that an authenticator shows, typed or pasted, with spaces or without. */
export function CodeInput({ value, onChange, onComplete, ...rest }: Props) {
  const { t } = useLingui();
  return (
    <TextInput
      label={t`Code`}
      required
      autoComplete="one-time-code"
      inputMode="numeric"
      dir="ltr"
      aria-invalid={rest.error ? true : undefined}
      styles={{ input: { letterSpacing: '0.3em', fontVariantNumeric: 'tabular-nums' } }}
      {...rest}
      value={value}
      // The field takes more than six signs: "123 456" is pasted whole.
      onChange={(e) => {
        const digits = e.currentTarget.value.replace(/\D/g, '').slice(0, DIGITS);
        onChange(digits);
        if (digits.length === DIGITS && digits !== value) onComplete(digits);
      }}
    />
  );
}
