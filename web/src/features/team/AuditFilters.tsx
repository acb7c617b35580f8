import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, Select, TextInput } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { SavedViews } from '~/ui/SavedViews';
import { useActorKinds } from './Actor';
import { useActionGroups } from './actions';
import type { AuditFilter } from './filter';
import { useUsers } from './queries';

interface Props {
  filter: AuditFilter;
  set: (filter: AuditFilter) => void;
}

/** Who, what, on what, and when; each choice stands in the address. */
export function AuditFilters({ filter, set }: Props) {
  const { t } = useLingui();
  const kinds = useActorKinds();
  const groups = useActionGroups();
  const users = useUsers();
  const people = (users.data?.data ?? []).map(({ id, name }) => ({ value: id, label: name }));
  const actors = [
    ...(people.length > 0 ? [{ group: t`People`, items: people }] : []),
    { group: t`Kinds`, items: Object.entries(kinds).map(([value, label]) => ({ value, label })) },
  ];
  const change = (part: Partial<AuditFilter>) => set({ ...filter, ...part });
  const filtered = Object.values(filter).some(Boolean);
  return (
    <Group gap="sm" align="flex-end">
      <Select
        label={t`Who`}
        placeholder={t`Anybody`}
        clearable
        searchable
        w={190}
        data={actors}
        value={filter.actor ?? null}
        onChange={(actor) => change({ actor: actor ?? undefined })}
        clearButtonProps={{ 'aria-label': t`Anybody` }}
      />
      <Select
        label={t`What`}
        placeholder={t`Anything`}
        clearable
        searchable
        w={190}
        data={groups}
        value={filter.action ?? null}
        onChange={(action) => change({ action: action ?? undefined })}
        clearButtonProps={{ 'aria-label': t`Anything` }}
      />
      <ObjectField
        key={filter.object ?? ''}
        value={filter.object ?? ''}
        set={(object) => change({ object: object || undefined })}
      />
      <TextInput
        type="date"
        label={t`From the day`}
        w={150}
        max={filter.to}
        value={filter.from ?? ''}
        onChange={(e) => change({ from: e.currentTarget.value || undefined })}
      />
      <TextInput
        type="date"
        label={t`To the day`}
        w={150}
        min={filter.from}
        value={filter.to ?? ''}
        onChange={(e) => change({ to: e.currentTarget.value || undefined })}
      />
      {filtered && (
        <Button variant="subtle" leftSection={<IconX size={16} aria-hidden />} onClick={() => set({})}>
          <Trans>Clear the filters</Trans>
        </Button>
      )}
      <SavedViews page="audit" filter={filter} choose={set} />
    </Group>
  );
}

/** An id, taken over when the field is left or with Enter. */
function ObjectField({ value, set }: { value: string; set: (value: string) => void }) {
  const { t } = useLingui();
  const [text, setText] = useState(value);
  const take = () => text.trim() !== value && set(text.trim());
  return (
    <TextInput
      label={t`Id of the object`}
      placeholder="cmp_..."
      w={190}
      dir="ltr"
      value={text}
      onChange={(e) => setText(e.currentTarget.value)}
      onBlur={take}
      onKeyDown={(e) => e.key === 'Enter' && take()}
    />
  );
}
