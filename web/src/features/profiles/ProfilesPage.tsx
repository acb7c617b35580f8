import { Trans, useLingui } from '@lingui/react/macro';
import { Alert, Anchor, Box, Button, Group, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconDownload, IconFileImport, IconLock, IconPlus, IconSearch, IconUsers } from '@tabler/icons-react';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useCan } from '~/api/session';
import { type Column, DataTable } from '~/ui/DataTable';
import { EmptyState } from '~/ui/EmptyState';
import { Phone } from '~/ui/format';
import { PageHeader } from '~/ui/PageHeader';
import { RunningActs } from '~/ui/RunningActs';
import { ChosenBar, useChoice, useChoiceColumn } from './Chosen';
import { ChooseColumns, useChosen, useColumnsOf } from './columns';
import { ConsentPill, ConsentSource } from './consent';
import { AddToList } from './lists/AddToList';
import { NewProfile } from './NewProfile';
import { Count, ProfileFilters } from './ProfileFilters';
import { exportPath, isPartial, type Profile, useProfiles } from './queries';
import type { ProfileFilter } from './routes';
import { Sections } from './Sections';

const route = getRouteApi('/shell/profiles');

/** `/profiles`: all people. */
export function ProfilesPage() {
  const { t } = useLingui();
  const can = useCan();
  const [adding, add] = useDisclosure();
  if (!can('profiles.read')) {
    return (
      <>
        <PageHeader title={t`Profiles`} />
        <EmptyState icon={IconLock} title={t`Your role does not see profiles`}>
          <Trans>Ask an owner or admin if you need them.</Trans>
        </EmptyState>
      </>
    );
  }
  return (
    <>
      <PageHeader
        title={t`Profiles`}
        about={t`The people you write to, with their consent.`}
        actions={
          <>
            {can('profiles.import') && <ImportButton />}
            {can('profiles.write') && (
              <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={add.open}>
                <Trans>New profile</Trans>
              </Button>
            )}
          </>
        }
      />
      <Sections />
      <RunningActs />
      <People add={add.open} />
      <NewProfile opened={adding} close={add.close} />
    </>
  );
}

function ImportButton() {
  return (
    <Button
      component={Link}
      to="/profiles/import"
      variant="default"
      leftSection={<IconFileImport size={16} aria-hidden />}
    >
      <Trans>Import a file</Trans>
    </Button>
  );
}

/** With conditions, or with a list and a consent, pages may be empty although later ones are not: a few are looked at by themselves. */
const LOOK_AHEAD = 10;

function People({ add }: { add: () => void }) {
  const { t } = useLingui();
  const filter = route.useSearch();
  const navigate = useNavigate();
  const pages = useProfiles(filter);
  const [chosen, choose] = useChosen();
  const set = (search: ProfileFilter) => void navigate({ to: '/profiles', search, replace: true });
  const looked = pages.data?.pages ?? [];
  const can = useCan();
  const [choice, pick] = useChoice(filter);
  const boxes = useChoiceColumn(
    choice,
    pick,
    looked.flatMap((page) => page.data),
  );
  const none = looked.length > 0 && looked.every((page) => page.data.length === 0);
  const { hasNextPage, isFetching, isError, fetchNextPage } = pages;
  const further = none && hasNextPage;
  const partial = looked.some(isPartial);
  const filtered = Object.values(filter).some(Boolean);
  useEffect(() => {
    if (further && !isFetching && !isError && looked.length < LOOK_AHEAD) void fetchNextPage();
  }, [further, isFetching, isError, looked.length, fetchNextPage]);
  const columns: Column<Profile>[] = [
    ...(can('profiles.write') ? [boxes] : []),
    {
      key: 'name',
      title: t`Name`,
      render: (row) => (
        <>
          <Anchor component={Link} to={`/profiles/${row.id}`} fw={500} size="sm" dir="auto">
            {row.name || row.phone || row.identity}
          </Anchor>
          {row.phone && (
            <Text size="xs" c="dimmed" hiddenFrom="sm">
              <Phone number={row.phone} />
            </Text>
          )}
        </>
      ),
    },
    {
      key: 'phone',
      title: t`Number`,
      wide: true,
      render: (row) =>
        row.phone ? (
          <Phone number={row.phone} />
        ) : (
          <Text size="sm" c="dimmed">
            <Trans>None</Trans>
          </Text>
        ),
    },
    {
      key: 'consent',
      title: t`Consent`,
      render: (row) => (
        <Stack gap={2} align="flex-start">
          <ConsentPill person={row} />
          <ConsentSource person={row} />
        </Stack>
      ),
    },
    ...useColumnsOf(chosen),
  ];
  return (
    <Stack gap="sm">
      <ProfileFilters filter={filter} set={set} />
      <Group justify="space-between">
        <Count filter={filter} />
        <Group gap="xs" ms="auto">
          {filter.list && can('profiles.write') && <AddToList list={filter.list} />}
          {can('profiles.export') && !partial && (
            <Button
              component="a"
              href={exportPath(filter)}
              download
              variant="default"
              leftSection={<IconDownload size={16} aria-hidden />}
            >
              {filtered ? <Trans>Download these as CSV</Trans> : <Trans>Download all as CSV</Trans>}
            </Button>
          )}
          <Box visibleFrom="sm">
            <ChooseColumns chosen={chosen} onChange={choose} />
          </Box>
        </Group>
      </Group>
      {partial && (
        <Alert variant="light" color="yellow">
          <Trans>The search fits more people than were looked at. Type more of it to see the others.</Trans>
        </Alert>
      )}
      <ChosenBar choice={choice} choose={pick} filter={filter} partial={partial} />
      <DataTable
        label={t`Profiles`}
        top={340}
        columns={columns}
        pages={pages}
        rowKey={(row) => row.id}
        onOpen={(row) => void navigate({ to: '/profiles/$id', params: { id: row.id } })}
        empty={
          further ? (
            <EmptyState
              icon={IconSearch}
              title={t`Nobody found so far`}
              actions={
                <Button variant="default" loading={isFetching} onClick={() => void fetchNextPage()}>
                  <Trans>Look further</Trans>
                </Button>
              }
            />
          ) : (
            <Empty filter={filter} clear={() => set({})} add={add} />
          )
        }
      />
    </Stack>
  );
}

function Empty({ filter, clear, add }: { filter: ProfileFilter; clear: () => void; add: () => void }) {
  const { t } = useLingui();
  const can = useCan();
  if (Object.values(filter).some(Boolean)) {
    return (
      <EmptyState
        icon={IconSearch}
        title={
          filter.q && !filter.conditions ? (
            <Trans>Nobody here begins with "{filter.q}"</Trans>
          ) : (
            t`Nobody fits these filters`
          )
        }
        actions={
          <Button variant="default" onClick={clear}>
            <Trans>Clear the filters</Trans>
          </Button>
        }
      />
    );
  }
  return (
    <EmptyState
      icon={IconUsers}
      title={t`No people yet`}
      actions={
        <>
          {can('profiles.import') && <ImportButton />}
          {can('profiles.write') && (
            <Button variant="subtle" onClick={add}>
              <Trans>New profile</Trans>
            </Button>
          )}
        </>
      }
    >
      <Trans>Import a CSV file with numbers, names and consent, or write a profile by hand.</Trans>
    </EmptyState>
  );
}
