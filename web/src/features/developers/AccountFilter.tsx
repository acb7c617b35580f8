import { useLingui } from '@lingui/react/macro';
import { Select } from '@mantine/core';
import { useAccounts } from './queries';

interface Props {
  account: string | undefined;
  onChange: (account: string | undefined) => void;
}

/** Narrows a log to one provider. */
export function AccountFilter({ account, onChange }: Props) {
  const { t } = useLingui();
  const { data: accounts } = useAccounts();
  if (!accounts) return null;
  return (
    <Select
      label={t`Provider`}
      placeholder={t`All providers`}
      clearable
      searchable
      w={240}
      value={account ?? null}
      onChange={(next) => onChange(next ?? undefined)}
      data={accounts.data.map(({ id, nickname }) => ({ value: id, label: nickname }))}
      clearButtonProps={{ 'aria-label': t`All providers` }}
    />
  );
}
