import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, Stack, Text, Textarea } from '@mantine/core';
import { useRef } from 'react';

interface Props {
  label: string;
  value: string;
  error?: string | undefined;
  required?: boolean;
  onChange: (text: string) => void;
}

const VARIABLES = ['{{name}}', '{{account}}'];

/** A text of the automatic answer; its variables are put where one types. */
export function ReplyText({ label, value, error, required = false, onChange }: Props) {
  const { t } = useLingui();
  const area = useRef<HTMLTextAreaElement>(null);
  const insert = (variable: string) => {
    const { selectionStart = value.length, selectionEnd = value.length } = area.current ?? {};
    onChange(value.slice(0, selectionStart) + variable + value.slice(selectionEnd));
    const after = selectionStart + variable.length;
    // The text has to be there before one can stand behind it.
    requestAnimationFrame(() => {
      area.current?.focus();
      area.current?.setSelectionRange(after, after);
    });
  };
  return (
    <Stack gap={6}>
      <Textarea
        ref={area}
        label={label}
        value={value}
        error={error}
        withAsterisk={required}
        onChange={(e) => onChange(e.currentTarget.value)}
        autosize
        minRows={3}
        maxRows={12}
        maxLength={4096}
        dir="auto"
      />
      <Group gap="xs">
        <Text size="xs" c="dimmed">
          <Trans>Put in:</Trans>
        </Text>
        {VARIABLES.map((variable) => (
          <Button
            key={variable}
            size="compact-xs"
            variant="default"
            onClick={() => insert(variable)}
            aria-label={t`Put ${variable} into ${label}`}
          >
            <bdi dir="ltr">{variable}</bdi>
          </Button>
        ))}
      </Group>
    </Stack>
  );
}
