import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, Select, Text } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { useLists } from '~/ui/bulk';
import { useFormat } from '~/ui/format';
import { SavedViews } from '~/ui/SavedViews';
import { SearchField } from '~/ui/SearchField';
import { failed } from '~/ui/toast';
import { countAll } from './acts';
import { ConditionFilter, ConditionWords } from './ConditionFilter';
import { useConsentWords } from './consent';
import { useProfileCount } from './queries';
import { CONSENTS, type ProfileFilter } from './routes';

interface Props {
  filter: ProfileFilter;
  set: (filter: ProfileFilter) => void;
}

/** Search, consent, list and conditions; each choice stands in the address. */
export function ProfileFilters({ filter, set }: Props) {
  const { t } = useLingui();
  const words = useConsentWords();
  const lists = useLists();
  const format = useFormat();
  return (
    <Group gap="sm" align="flex-end">
      <SearchField
        label={t`Search`}
        placeholder={t`Name, number or identity`}
        value={filter.q ?? ''}
        onChange={(q) => set({ ...filter, q })}
      />
      <Select
        label={t`Consent`}
        placeholder={t`Any`}
        clearable
        w={170}
        data={CONSENTS.map((value) => ({ value, label: words[value]?.label ?? value }))}
        value={filter.consent ?? null}
        onChange={(value) => set({ ...filter, consent: CONSENTS.find((known) => known === value) })}
        clearButtonProps={{ 'aria-label': t`Any` }}
      />
      <Select
        label={t`List`}
        placeholder={t`Everybody`}
        clearable
        searchable
        w={220}
        data={(lists.data?.data ?? []).map(({ id, name, size }) => ({
          value: id,
          label: `${name} (${format.number(size)})`,
        }))}
        value={filter.list ?? null}
        onChange={(value) => set({ ...filter, list: value ?? undefined })}
        nothingFoundMessage={t`No list of this name`}
        clearButtonProps={{ 'aria-label': t`Everybody` }}
      />
      <ConditionFilter conditions={filter.conditions} set={(conditions) => set({ ...filter, conditions })} />
      {Object.values(filter).some(Boolean) && (
        <Button variant="subtle" leftSection={<IconX size={16} aria-hidden />} onClick={() => set({})}>
          <Trans>Clear the filters</Trans>
        </Button>
      )}
      <SavedViews page="profiles" filter={filter} choose={set} />
      {filter.conditions && (
        <ConditionWords conditions={filter.conditions} set={(conditions) => set({ ...filter, conditions })} />
      )}
    </Group>
  );
}

/** How many people fit; says so when it is an estimate. */
export function Count({ filter }: { filter: ProfileFilter }) {
  const format = useFormat();
  const about = useProfileCount(filter).data;
  const key = JSON.stringify(filter);
  const [counted, tell] = useState<{ key: string; count: number }>();
  const [busy, setBusy] = useState(false);
  const data = counted?.key === key ? { count: counted.count, exact: true } : about;
  const count = data ? format.number(data.count) : '';
  const exactly = async () => {
    setBusy(true);
    try {
      tell({ key, count: (await countAll(filter)).count });
    } catch (problem) {
      failed(problem);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Group gap="xs">
      <Text size="sm" c="dimmed" role="status" mih={22}>
        {!data ? null : data.exact ? (
          <Plural value={data.count} one="1 person" other={`${count} people`} />
        ) : filter.q ? (
          <Trans>At least {count} people</Trans>
        ) : data.count === 0 ? (
          <Trans>Few people, if any</Trans>
        ) : (
          <Trans>About {count} people</Trans>
        )}
      </Text>
      {data && !data.exact && !filter.q && (
        <Button size="compact-xs" variant="subtle" loading={busy} onClick={() => void exactly()}>
          <Trans>Count exactly</Trans>
        </Button>
      )}
    </Group>
  );
}
