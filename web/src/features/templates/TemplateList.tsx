import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Chip, Group, Select, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconPlus, IconSearch, IconTemplate, IconTrash } from '@tabler/icons-react';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useCan } from '~/api/session';
import { DataTable, type Pages } from '~/ui/DataTable';
import { EmptyState } from '~/ui/EmptyState';
import { PageHeader } from '~/ui/PageHeader';
import { SavedViews } from '~/ui/SavedViews';
import { plain } from '~/wa/parse';
import { NOBODY, useColumns } from './columns';
import { Deleted } from './Deleted';
import { follows } from './groups';
import { ImportMenu } from './ImportMenu';
import { type TemplateRow, useCarriers, useTemplates } from './queries';
import type { ListSearch } from './routes';
import { ToSamples } from './ToSamples';
import { LANGUAGES, STATUSES, useCategoryNames, useLanguageName, useStatusNames } from './words';

/** All templates of all accounts. */
export function TemplateList() {
  const { t } = useLingui();
  const can = useCan();
  const navigate = useNavigate();
  const search = useSearch({ from: '/shell/templates' });
  const set = (change: ListSearch) =>
    void navigate({ to: '/templates', search: { ...search, ...change }, replace: true });
  const { carriers } = useCarriers();
  const { sort: _, deleted, ...narrowed } = search;
  const filtered = Object.values(narrowed).some(Boolean);
  return (
    <>
      <PageHeader
        title={t`Templates`}
        about={<Trans>Messages that WhatsApp approves in advance. Only they can begin a conversation.</Trans>}
        actions={
          can('templates.write') && (
            <>
              <ImportMenu carriers={carriers} />
              <ToSamples />
              <Button component={Link} to="/templates/new" leftSection={<IconPlus size={16} aria-hidden />}>
                <Trans>New template</Trans>
              </Button>
            </>
          )
        }
      />
      {deleted ? (
        <>
          <Button
            variant="default"
            mb="md"
            onClick={() => void navigate({ to: '/templates', search: {}, replace: true })}
          >
            <Trans>Back to all templates</Trans>
          </Button>
          <Deleted />
        </>
      ) : (
        <Listing search={search} set={set} filtered={filtered} />
      )}
    </>
  );
}

interface ListingProps {
  search: ListSearch;
  set: (change: ListSearch) => void;
  /** Something narrows the list. */
  filtered: boolean;
}

/** The filters, and what fits them. */
function Listing({ search, set, filtered }: ListingProps) {
  const { t } = useLingui();
  const can = useCan();
  const navigate = useNavigate();
  const { carriers } = useCarriers();
  const pages = matching(useTemplates(search), search.q);
  const statuses = useStatusNames();
  const categories = useCategoryNames();
  const language = useLanguageName();
  const columns = useColumns({
    withAccount: carriers.length > 1 || !can('accounts.read'),
    following: search.sort ? NOBODY : follows(pages.data?.pages.flatMap((page) => page.data) ?? []),
    sort: search.sort,
    by: (sort) => set({ sort }),
  });
  return (
    <>
      <Group mb="md" gap="sm">
        <Search value={search.q ?? ''} onChange={(q) => set({ q: q || undefined })} />
        <Select
          aria-label={t`Status`}
          placeholder={t`Any status`}
          data={STATUSES.map((value) => ({ value, label: statuses[value] }))}
          value={search.status ?? null}
          onChange={(status) => set({ status: status ?? undefined })}
          clearable
          clearButtonProps={{ 'aria-label': t`Any status` }}
          w={150}
        />
        <Select
          aria-label={t`Category`}
          placeholder={t`Any category`}
          data={Object.entries(categories).map(([value, label]) => ({ value, label }))}
          value={search.category ?? null}
          onChange={(category) => set({ category: category ?? undefined })}
          clearable
          clearButtonProps={{ 'aria-label': t`Any category` }}
          w={160}
        />
        <Select
          aria-label={t`Language`}
          placeholder={t`Any language`}
          data={LANGUAGES.map((value) => ({ value, label: language(value) }))}
          value={search.language ?? null}
          onChange={(language) => set({ language: language ?? undefined })}
          searchable
          clearable
          clearButtonProps={{ 'aria-label': t`Any language` }}
          w={170}
        />
        <Chip
          checked={search.differs ?? false}
          onChange={(differs) => set({ differs: differs || undefined })}
          variant="outline"
          radius="sm"
          size="sm"
        >
          <Trans>Differs at the provider</Trans>
        </Chip>
        {carriers.length > 1 && (
          <Select
            aria-label={t`Account`}
            placeholder={t`Any account`}
            data={carriers.map(({ account }) => ({ value: account.id, label: account.nickname }))}
            value={search.account ?? null}
            onChange={(account) => set({ account: account ?? undefined })}
            clearable
            clearButtonProps={{ 'aria-label': t`Any account` }}
            w={220}
          />
        )}
        <SavedViews
          page="templates"
          filter={search}
          choose={(search: ListSearch) => void navigate({ to: '/templates', search, replace: true })}
        />
        <Button
          variant="subtle"
          color="gray"
          leftSection={<IconTrash size={16} aria-hidden />}
          onClick={() => void navigate({ to: '/templates', search: { deleted: true } })}
        >
          <Trans>Recently deleted</Trans>
        </Button>
      </Group>
      <DataTable
        label={t`Templates`}
        top={340}
        columns={columns}
        pages={pages}
        rowKey={(template) => template.id}
        onOpen={(template) => void navigate({ to: '/templates/$id', params: { id: template.id } })}
        empty={
          filtered ? (
            <EmptyState
              icon={IconSearch}
              title={<Trans>No templates match</Trans>}
              actions={
                <Button variant="default" onClick={() => void navigate({ to: '/templates', search: {} })}>
                  <Trans>Clear the filters</Trans>
                </Button>
              }
            />
          ) : (
            <EmptyState
              icon={IconTemplate}
              title={<Trans>No templates yet</Trans>}
              actions={
                can('templates.write') && (
                  <>
                    <Button component={Link} to="/templates/new">
                      <Trans>New template</Trans>
                    </Button>
                    <ToSamples />
                  </>
                )
              }
            >
              <Trans>
                Write one here, or import those that your provider holds. Campaigns and messages outside of
                the 24-hour window need one.
              </Trans>
            </EmptyState>
          )
        }
      />
    </>
  );
}

function Search({ value, onChange }: { value: string; onChange: (text: string) => void }) {
  const { t } = useLingui();
  const [text, setText] = useState(value);
  const tell = useDebouncedCallback(onChange, 250);
  // The filters were cleared elsewhere.
  useEffect(() => {
    if (value === '') setText('');
  }, [value]);
  return (
    <TextInput
      aria-label={t`Search by name or words`}
      placeholder={t`Name or words`}
      leftSection={<IconSearch size={16} aria-hidden />}
      value={text}
      onChange={(e) => {
        setText(e.currentTarget.value);
        tell(e.currentTarget.value.trim());
      }}
      style={{ flex: '1 1 200px', maxWidth: 340 }}
      type="search"
    />
  );
}

/** The listing with only those whose name or words hold a text. */
function matching(pages: Pages<TemplateRow>, q: string | undefined): Pages<TemplateRow> {
  if (!q || !pages.data) return pages;
  const wanted = q.toLowerCase();
  const holds = ({ name, content }: TemplateRow) =>
    name.toLowerCase().includes(wanted) || plain(content.body).toLowerCase().includes(wanted);
  const data = {
    ...pages.data,
    pages: pages.data.pages.map((page) => ({ ...page, data: page.data.filter(holds) })),
  };
  return { ...pages, data } as Pages<TemplateRow>;
}
