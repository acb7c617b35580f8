import { useLingui } from '@lingui/react/macro';
import { Select, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconUserSearch } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { Phone } from './format';
import { type Profile, usePeople } from './people';
import { useWords } from './words';

interface Props {
  label: ReactNode;
  description?: ReactNode;
  placeholder?: string;
  value: Profile | null;
  onChange: (person: Profile | null) => void;
  error?: ReactNode;
  disabled?: boolean;
  size?: 'xs' | 'sm';
}

/** A person, found by the beginning of name, identity or number. */
export function PersonPicker({ label, description, placeholder, value, onChange, error, ...rest }: Props) {
  const { t } = useLingui();
  const words = useWords();
  const [text, setText] = useState('');
  const shown = value ? nameOf(value) : '';
  // The name of who was chosen stands in the field; it is not a search.
  const [search] = useDebouncedValue(text === shown ? '' : text.trim(), 250);
  const people = usePeople(search);
  const found = people.data?.data ?? [];
  const known = new Map([...(value ? [value] : []), ...found].map((person) => [person.id, person]));
  return (
    <Select
      label={label}
      description={description}
      placeholder={placeholder ?? t`Name, identity or number`}
      leftSection={<IconUserSearch size={16} aria-hidden />}
      searchable
      clearable
      clearButtonProps={{ 'aria-label': t`Choose nobody` }}
      searchValue={text}
      onSearchChange={setText}
      filter={({ options }) => options}
      data={[...known.values()].map((person) => ({ value: person.id, label: nameOf(person) }))}
      value={value?.id ?? null}
      onChange={(id) => onChange((id && known.get(id)) || null)}
      nothingFoundMessage={people.isFetching ? t`Searching` : t`Nobody found`}
      renderOption={({ option }) => <Person person={known.get(option.value)} />}
      maxDropdownHeight={280}
      error={error ?? (people.isError ? words(people.error).detail : undefined)}
      {...rest}
    />
  );
}

const nameOf = (person: Profile) => person.name || person.phone || person.identity;

function Person({ person }: { person: Profile | undefined }) {
  if (!person) return null;
  return (
    <div>
      <Text size="sm" component="div" dir="auto">
        {nameOf(person)}
      </Text>
      <Text size="xs" c="dimmed" component="div">
        {person.phone ? <Phone number={person.phone} /> : <bdi>{person.identity}</bdi>}
      </Text>
    </div>
  );
}
