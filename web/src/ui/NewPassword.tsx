import { useLingui } from '@lingui/react/macro';
import { Group, PasswordInput, type PasswordInputProps, Text } from '@mantine/core';
import { IconCircle, IconCircleCheck } from '@tabler/icons-react';
import { useState } from 'react';

/** The server's rules for passwords: length, and no other puzzle. */
export const PASSWORD = { min: 10, max: 200 } as const;

/** Chooses a password: the rule is told before, what is typed can be shown and pasted. */
export function NewPassword(props: PasswordInputProps) {
  const { t } = useLingui();
  const [visible, setVisible] = useState(false);
  const long = String(props.value ?? '').length >= PASSWORD.min;
  return (
    <PasswordInput
      required
      autoComplete="new-password"
      minLength={PASSWORD.min}
      maxLength={PASSWORD.max}
      visible={visible}
      onVisibilityChange={setVisible}
      visibilityToggleButtonProps={{
        'aria-label': visible ? t`Hide the password` : t`Show the password`,
        tabIndex: 0,
      }}
      aria-invalid={props.error ? true : undefined}
      {...props}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      descriptionProps={{ component: 'div' }}
      description={
        <Group gap={6} wrap="nowrap" mt={4} component="span">
          {long ? (
            <IconCircleCheck size={16} color="var(--mantine-color-brand-7)" aria-hidden />
          ) : (
            <IconCircle size={16} aria-hidden />
          )}
          <Text span size="xs">
            {long
              ? t`Long enough. Several words are easier to remember than signs.`
              : t`At least 10 characters. Several words are easier to remember than signs.`}
          </Text>
        </Group>
      }
    />
  );
}
