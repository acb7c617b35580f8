import { useLingui } from '@lingui/react/macro';
import { TextInput } from '@mantine/core';
import { SearchField } from '~/ui/SearchField';
import type { LogFilter } from './states';

interface Props {
  filter: LogFilter;
  set: (change: LogFilter) => void;
}

/** What both logs can be asked about: a person, a message, and days. */
export function LogFilters({ filter, set }: Props) {
  const { t } = useLingui();
  return (
    <>
      <SearchField
        label={t`About`}
        placeholder={t`Phone number or message id`}
        value={filter.about ?? ''}
        onChange={(about) => set({ about })}
      />
      <TextInput
        type="date"
        label={t`From the day`}
        w={150}
        max={filter.to}
        value={filter.from ?? ''}
        onChange={(e) => set({ from: e.currentTarget.value || undefined })}
      />
      <TextInput
        type="date"
        label={t`To the day`}
        w={150}
        min={filter.from}
        value={filter.to ?? ''}
        onChange={(e) => set({ to: e.currentTarget.value || undefined })}
      />
    </>
  );
}
