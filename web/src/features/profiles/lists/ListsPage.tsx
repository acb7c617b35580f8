import { Trans, useLingui } from '@lingui/react/macro';
import { Anchor, Button, Group, Modal, Stack, Text, VisuallyHidden } from '@mantine/core';
import { IconListDetails, IconLock, IconPlus, IconSearch, IconTrash } from '@tabler/icons-react';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useCan } from '~/api/session';
import { type Column, DataTable } from '~/ui/DataTable';
import { EmptyState } from '~/ui/EmptyState';
import { Time, useFormat } from '~/ui/format';
import { PageHeader } from '~/ui/PageHeader';
import { RunningActs } from '~/ui/RunningActs';
import { SearchField } from '~/ui/SearchField';
import { done, failed } from '~/ui/toast';
import type { ListsSearch } from '../routes';
import { Sections } from '../Sections';
import { ListMenu } from './ListMenu';
import { NameList } from './NameList';
import { type List, restoreList, useListPages } from './queries';

const route = getRouteApi('/shell/profiles/lists');

/** `/profiles/lists`: all lists, and those that were deleted lately. */
export function ListsPage() {
  const { t } = useLingui();
  const can = useCan();
  const navigate = useNavigate();
  const [naming, name] = useState<'new' | List>();
  if (!can('profiles.read')) {
    return (
      <>
        <PageHeader title={t`Lists`} />
        <EmptyState icon={IconLock} title={t`Your role does not see profiles`}>
          <Trans>Ask an owner or admin if you need them.</Trans>
        </EmptyState>
      </>
    );
  }
  const named = (list: List) => {
    const made = naming === 'new';
    name(undefined);
    if (!made) return done(t`The list is called "${list.name}" now.`);
    done(t`The list is there. Now people can be put on it.`);
    void navigate({ to: '/profiles', search: { list: list.id } });
  };
  return (
    <>
      <PageHeader
        title={t`Lists`}
        about={t`People who belong together, for campaigns. A list stays as it is until you change it.`}
        actions={
          can('profiles.write') && (
            <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => name('new')}>
              <Trans>New list</Trans>
            </Button>
          )
        }
      />
      <Sections />
      <RunningActs />
      <Lists rename={name} add={can('profiles.write') ? () => name('new') : undefined} />
      <Modal
        opened={naming !== undefined}
        onClose={() => name(undefined)}
        title={naming === 'new' ? t`New list` : t`Rename the list`}
        closeButtonProps={{ 'aria-label': t`Close` }}
      >
        {naming && (
          <NameList
            list={naming === 'new' ? undefined : naming}
            named={named}
            close={() => name(undefined)}
          />
        )}
      </Modal>
    </>
  );
}

interface ListsProps {
  rename: (list: List) => void;
  add: (() => void) | undefined;
}

function Lists({ rename, add }: ListsProps) {
  const { t } = useLingui();
  const search = route.useSearch();
  const navigate = useNavigate();
  const can = useCan();
  const format = useFormat();
  const pages = useListPages(search);
  const set = (next: ListsSearch) => void navigate({ to: '/profiles/lists', search: next, replace: true });
  const back = async (list: List) => {
    try {
      await restoreList(list.id);
      done(t`The list "${list.name}" is back, with everybody on it.`);
    } catch (problem) {
      failed(problem);
    }
  };
  const columns: Column<List>[] = [
    {
      key: 'name',
      title: t`Name`,
      render: (row) =>
        search.deleted ? (
          <Text size="sm" fw={500} dir="auto">
            {row.name}
          </Text>
        ) : (
          <Anchor component={Link} to={`/profiles?list=${row.id}`} fw={500} size="sm" dir="auto">
            {row.name}
          </Anchor>
        ),
    },
    { key: 'size', title: t`People`, end: true, width: 110, render: (row) => format.number(row.size) },
    {
      key: 'made',
      title: t`Made`,
      wide: true,
      render: (row) => (
        <>
          <Time at={row.created_at} />
          <MadeBy source={row.source} />
        </>
      ),
    },
    search.deleted
      ? {
          key: 'deleted',
          title: t`Deleted`,
          wide: true,
          render: (row) => row.deleted_at && <Time at={row.deleted_at} />,
        }
      : { key: 'used', title: t`Used by`, wide: true, render: (row) => <UsedBy list={row} /> },
    {
      key: 'menu',
      title: <VisuallyHidden>{t`Acts`}</VisuallyHidden>,
      end: true,
      width: search.deleted ? 140 : 60,
      render: (row) =>
        !search.deleted ? (
          <ListMenu list={row} rename={() => rename(row)} />
        ) : (
          can('profiles.write') && (
            <Button size="compact-sm" variant="default" onClick={() => void back(row)}>
              <Trans>Take back</Trans>
            </Button>
          )
        ),
    },
  ];
  return (
    <Stack gap="sm">
      <Group gap="sm" align="flex-end">
        <SearchField
          label={t`Search`}
          placeholder={t`Name of a list`}
          value={search.q ?? ''}
          onChange={(q) => set({ ...search, q })}
        />
        <Button
          variant={search.deleted ? 'light' : 'default'}
          aria-pressed={search.deleted ?? false}
          leftSection={<IconTrash size={16} aria-hidden />}
          onClick={() => set({ ...search, deleted: search.deleted ? undefined : true })}
        >
          <Trans>Recently deleted</Trans>
        </Button>
      </Group>
      <DataTable
        label={search.deleted ? t`Deleted lists` : t`Lists`}
        top={320}
        columns={columns}
        pages={pages}
        rowKey={(row) => row.id}
        onOpen={
          search.deleted ? undefined : (row) => void navigate({ to: '/profiles', search: { list: row.id } })
        }
        empty={<Empty search={search} clear={() => set({})} add={add} />}
      />
    </Stack>
  );
}

interface EmptyProps {
  search: ListsSearch;
  clear: () => void;
  add: (() => void) | undefined;
}

function Empty({ search, clear, add }: EmptyProps) {
  const { t } = useLingui();
  if (search.q || search.deleted) {
    return (
      <EmptyState
        icon={search.q ? IconSearch : IconTrash}
        title={
          search.q ? t`No list has "${search.q}" in its name` : t`No list was deleted in the last 30 days`
        }
        actions={
          <Button variant="default" onClick={clear}>
            <Trans>Show all lists</Trans>
          </Button>
        }
      />
    );
  }
  return (
    <EmptyState
      icon={IconListDetails}
      title={t`No lists yet`}
      actions={
        add && (
          <Button variant="default" onClick={add}>
            <Trans>New list</Trans>
          </Button>
        )
      }
    >
      <Trans>
        Choose people under People, import a file onto a list, or make one of the recipients of a campaign.
      </Trans>
    </EmptyState>
  );
}

/** Who or what made it, when that was kept. */
function MadeBy({ source }: { source: string | null | undefined }) {
  const { t } = useLingui();
  if (!source) return null;
  const [, kind, by = ''] = /^(dashboard|API|import): (.*)$/s.exec(source) ?? [];
  const words =
    kind === 'dashboard'
      ? t`by ${by}`
      : kind === 'API'
        ? t`by the API key ${by}`
        : kind === 'import'
          ? t`from the file ${by}`
          : source;
  return (
    <Text size="xs" c="dimmed" dir="auto" style={{ overflowWrap: 'anywhere' }}>
      {words}
    </Text>
  );
}

/** Campaigns that are named in a row. */
const NAMED = 2;

function UsedBy({ list }: { list: List }) {
  const can = useCan();
  const more = list.used - NAMED;
  if (list.used === 0) {
    return (
      <Text size="sm" c="dimmed">
        <Trans>No campaign</Trans>
      </Text>
    );
  }
  return (
    <>
      {list.campaigns.slice(0, NAMED).map(({ id, name, state }) => (
        <div key={id}>
          {can('campaigns.read') ? (
            <Anchor
              component={Link}
              to={state === 'draft' ? `/campaigns/${id}/edit` : `/campaigns/${id}`}
              size="sm"
              dir="auto"
            >
              {name}
            </Anchor>
          ) : (
            <Text size="sm" dir="auto">
              {name}
            </Text>
          )}
        </div>
      ))}
      {more > 0 && (
        <Text size="xs" c="dimmed">
          <Trans>and {more} more</Trans>
        </Text>
      )}
    </>
  );
}
