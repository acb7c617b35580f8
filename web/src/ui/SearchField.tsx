import { TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';

interface Props {
  label: string;
  /** What can be searched for; with it the label stands above the field, without it in its place. */
  placeholder?: string;
  /** What is searched for now. */
  value: string;
  onChange: (q: string | undefined) => void;
}

/** Searches a moment after the last key. */
export function SearchField({ label, placeholder, value, onChange }: Props) {
  const [text, setText] = useState(value);
  const told = useRef(value);
  const tell = useDebouncedCallback((q: string) => {
    told.current = q;
    onChange(q === '' ? undefined : q);
  }, 250);
  // It was changed elsewhere, such as by a button that clears it. What is being typed stays.
  useEffect(() => {
    if (value === told.current) return;
    told.current = value;
    setText(value);
  }, [value]);
  return (
    <TextInput
      type="search"
      w={{ base: '100%', xs: 250 }}
      label={placeholder && label}
      aria-label={placeholder ? undefined : label}
      placeholder={placeholder ?? label}
      leftSection={<IconSearch size={16} aria-hidden />}
      value={text}
      onChange={(e) => {
        setText(e.currentTarget.value);
        tell(e.currentTarget.value.trim());
      }}
    />
  );
}
