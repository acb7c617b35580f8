import { useLingui } from '@lingui/react/macro';
import { Chip, Group, Select } from '@mantine/core';
import { SearchField } from '~/ui/SearchField';
import { useFacets } from './desk';
import { useTemplate } from './queries';
import type { ListSearch } from './routes';

interface Props {
  search: ListSearch;
  go: (change: ListSearch) => void;
}

/** Name, label, who wrote it, and the template where one came with it; each stands in the address. */
export function CampaignFilters({ search, go }: Props) {
  const { t } = useLingui();
  const { data: facets } = useFacets();
  const labels = (facets?.labels ?? []).map(({ label }) => label);
  const owners = (facets?.owners ?? []).map(({ id, name }) => ({ value: id, label: name }));
  return (
    <Group gap="sm">
      <SearchField label={t`Search by name`} value={search.q ?? ''} onChange={(q) => go({ q })} />
      {(labels.length > 0 || search.label) && (
        <Select
          aria-label={t`Label`}
          placeholder={t`Any label`}
          data={withChosen(labels, search.label)}
          value={
            labels.find((one) => one.toLowerCase() === search.label?.toLowerCase()) ?? search.label ?? null
          }
          onChange={(label) => go({ label: label ?? undefined })}
          searchable
          clearable
          clearButtonProps={{ 'aria-label': t`Any label` }}
          w={160}
        />
      )}
      {(owners.length > 1 || search.owner) && (
        <Select
          aria-label={t`Written by`}
          placeholder={t`Written by anybody`}
          data={owners}
          value={search.owner ?? null}
          onChange={(owner) => go({ owner: owner ?? undefined })}
          searchable
          clearable
          clearButtonProps={{ 'aria-label': t`Written by anybody` }}
          w={190}
        />
      )}
      {search.template && <TemplateChip id={search.template} clear={() => go({ template: undefined })} />}
    </Group>
  );
}

/** A label that came with the address and that no campaign has any more can still be seen and cleared. */
function withChosen(labels: string[], chosen: string | undefined): string[] {
  const known = labels.some((one) => one.toLowerCase() === chosen?.toLowerCase());
  return chosen && !known ? [...labels, chosen] : labels;
}

function TemplateChip({ id, clear }: { id: string; clear: () => void }) {
  const { t } = useLingui();
  const { data } = useTemplate(id);
  const name = data ? `${data.name} (${data.language})` : id;
  return (
    <Chip checked onChange={clear} variant="outline" radius="sm" size="sm">
      {t`Template: ${name}`}
    </Chip>
  );
}
