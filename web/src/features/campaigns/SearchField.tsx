import { TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';

interface Props {
  label: string;
  initial: string;
  onChange: (q: string | undefined) => void;
}

/** Searches a moment after the last key. */
export function SearchField({ label, initial, onChange }: Props) {
  const [text, setText] = useState(initial);
  const tell = useDebouncedCallback((q: string) => onChange(q === '' ? undefined : q), 250);
  return (
    <TextInput
      type="search"
      w={{ base: '100%', xs: 240 }}
      aria-label={label}
      placeholder={label}
      leftSection={<IconSearch size={16} aria-hidden />}
      value={text}
      onChange={(e) => {
        setText(e.currentTarget.value);
        tell(e.currentTarget.value.trim());
      }}
    />
  );
}
