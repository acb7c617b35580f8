import { useLingui } from '@lingui/react/macro';
import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useCustomers, useName } from './queries';

interface Props {
  person: string | undefined;
  choose: (person: string) => void;
}

const digits = (text: string) => text.replace(/\D/g, '');

/** Whose phone it is. Any number can be taken. */
export function PersonSelect({ person, choose }: Props) {
  const { t } = useLingui();
  const [typed, setTyped] = useState<string>();
  const name = useName(person);
  const shown = person ? nameOf(name, person) : '';
  const [query] = useDebouncedValue(typed === shown ? '' : (typed?.trim() ?? ''), 250);
  const rest = () => setTyped(undefined);
  const { data } = useCustomers(query);
  const found = new Map((data?.customers ?? []).map((one) => [one.customer, nameOf(one.name, one.customer)]));
  if (person && !found.has(person)) found.set(person, shown);
  const number = digits(query);
  if (/^[1-9]\d{7,14}$/.test(number) && !found.has(number)) found.set(number, t`The number +${number}`);
  return (
    <Select
      aria-label={t`Whose phone`}
      placeholder={t`Whose phone`}
      searchable
      allowDeselect={false}
      value={person ?? null}
      data={[...found].map(([value, label]) => ({ value, label }))}
      filter={({ options }) => options}
      limit={50}
      // Not by its own event: that also comes when the person, or only the name, is learnt while somebody types.
      searchValue={typed ?? shown}
      onInput={(e) => setTyped(e.currentTarget.value)}
      onOptionSubmit={rest}
      onBlur={rest}
      onChange={(value) => value && choose(value)}
      nothingFoundMessage={t`Nobody. Type a whole number with its country code.`}
      comboboxProps={{ withinPortal: true }}
    />
  );
}

function nameOf(name: string | null | undefined, number: string): string {
  return name ? `${name} · +${number}` : `+${number}`;
}
