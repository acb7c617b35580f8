import { Trans, useLingui } from '@lingui/react/macro';
import { Anchor, Box, Button, Group, SegmentedControl, Tabs, Text } from '@mantine/core';
import { IconPlus, IconSearch, IconSpeakerphone } from '@tabler/icons-react';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useCan } from '~/api/session';
import { type Column, DataTable } from '~/ui/DataTable';
import { EmptyState } from '~/ui/EmptyState';
import { Time, useFormat } from '~/ui/format';
import { PageHeader } from '~/ui/PageHeader';
import { SavedViews } from '~/ui/SavedViews';
import { SearchField } from '~/ui/SearchField';
import { StatusPill } from '~/ui/StatusPill';
import { MonthView } from './MonthView';
import { monthOf, readMonth, showMonth } from './month';
import { RowMenu } from './RowMenu';
import { RowProgress } from './RowProgress';
import { LIST_TABS, type ListSearch, type ListTab } from './routes';
import { type Row, useCampaigns, useFirstTab } from './useCampaigns';
import { useCampaignStates } from './words';

/** All campaigns, by where they stand. */
export function CampaignsPage() {
  const { t } = useLingui();
  const search = useSearch({ from: '/shell/campaigns' });
  const navigate = useNavigate();
  const can = useCan();
  const first = useFirstTab(search.tab === undefined);
  // Every tab says by itself when campaigns cannot be read.
  const tab = search.tab ?? first.data ?? (first.isError ? 'running' : undefined);
  const go = (change: ListSearch) =>
    void navigate({ to: '/campaigns', search: { ...search, ...change }, replace: true });
  const titles: Record<ListTab, string> = {
    running: t`Running`,
    scheduled: t`Scheduled`,
    drafts: t`Drafts`,
    finished: t`Finished`,
  };
  return (
    <>
      <PageHeader
        title={t`Campaigns`}
        about={t`One approved template, sent to many people at once.`}
        actions={
          can('campaigns.write') && (
            <Button component={Link} to="/campaigns/new" leftSection={<IconPlus size={16} aria-hidden />}>
              <Trans>New campaign</Trans>
            </Button>
          )
        }
      />
      <Tabs
        value={tab ?? null}
        onChange={(value) => go({ tab: LIST_TABS.find((known) => known === value) })}
        keepMounted={false}
      >
        <Group justify="space-between" align="flex-end" mb="md" gap="sm">
          <Tabs.List style={{ flexWrap: 'nowrap', overflowX: 'auto', overflowY: 'hidden' }}>
            {LIST_TABS.map((one) => (
              <Tabs.Tab key={one} value={one}>
                {titles[one]}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          <Group gap="sm">
            <SearchField label={t`Search by name`} value={search.q ?? ''} onChange={(q) => go({ q })} />
            {tab && (
              <SavedViews
                page="campaigns"
                filter={{ tab, q: search.q, view: search.view }}
                choose={(search: ListSearch) => void navigate({ to: '/campaigns', search, replace: true })}
              />
            )}
          </Group>
        </Group>
        {tab && (
          <Tabs.Panel value={tab}>
            {tab === 'scheduled' ? (
              <Scheduled search={search} go={go} />
            ) : (
              <CampaignTable tab={tab} q={search.q} clear={() => go({ q: undefined })} />
            )}
          </Tabs.Panel>
        )}
      </Tabs>
    </>
  );
}

/** A list, or a month where the window is wide enough for one. */
function Scheduled({ search, go }: { search: ListSearch; go: (change: ListSearch) => void }) {
  const { t } = useLingui();
  const list = <CampaignTable tab="scheduled" q={search.q} clear={() => go({ q: undefined })} />;
  return (
    <>
      <Group justify="flex-end" mb="sm" visibleFrom="sm">
        <SegmentedControl
          aria-label={t`How they are shown`}
          value={search.view ?? 'list'}
          onChange={(view) => go({ view: view === 'month' ? 'month' : undefined, month: undefined })}
          data={[
            { value: 'list', label: t`List` },
            { value: 'month', label: t`Month` },
          ]}
        />
      </Group>
      {search.view === 'month' ? (
        <>
          <Box visibleFrom="sm">
            <MonthView
              q={search.q}
              month={readMonth(search.month) ?? monthOf(Date.now())}
              go={(month) => go({ month: showMonth(month) })}
            />
          </Box>
          <Box hiddenFrom="sm">{list}</Box>
        </>
      ) : (
        list
      )}
    </>
  );
}

function CampaignTable({ tab, q, clear }: { tab: ListTab; q: string | undefined; clear: () => void }) {
  const { t } = useLingui();
  const format = useFormat();
  const navigate = useNavigate();
  const states = useCampaignStates();
  const pages = useCampaigns(tab, q);
  const ran = tab === 'running' || tab === 'finished';
  const share = (part: number, row: Row) => format.share(part, row.counts.sent);
  const columns: Column<Row>[] = [
    {
      key: 'name',
      title: t`Name`,
      render: (row) => (
        <>
          <Anchor
            component={Link}
            to={row.state === 'draft' ? `/campaigns/${row.id}/edit` : `/campaigns/${row.id}`}
            fw={500}
            dir="auto"
          >
            {row.name}
          </Anchor>
          {ran && <RowProgress row={row} />}
          {row.state === 'draft' && row.starts?.at && <Planned at={row.starts.at} />}
        </>
      ),
    },
    {
      key: 'state',
      title: t`State`,
      width: 130,
      render: (row) => {
        const state = states[row.state];
        return state ? <StatusPill tone={state.tone}>{state.label}</StatusPill> : row.state;
      },
    },
    ...(ran
      ? ([
          {
            key: 'delivered',
            title: t`Delivered`,
            end: true,
            wide: true,
            render: (row) => share(row.counts.delivered, row),
          },
          {
            key: 'read',
            title: t`Read`,
            end: true,
            wide: true,
            render: (row) => share(row.counts.read, row),
          },
          {
            key: 'replied',
            title: t`Replied`,
            end: true,
            wide: true,
            render: (row) => share(row.counts.replied, row),
          },
        ] satisfies Column<Row>[])
      : []),
    {
      key: 'at',
      title: {
        running: t`Started`,
        scheduled: t`Starts`,
        drafts: t`Last change`,
        finished: t`Ended`,
      }[tab],
      wide: true,
      width: 130,
      render: (row) => {
        const at =
          tab === 'scheduled'
            ? row.scheduled_at
            : tab === 'finished'
              ? row.finished_at
              : tab === 'running'
                ? row.launched_at
                : row.updated_at;
        return at ? <Time at={at} full={tab === 'scheduled'} /> : '–';
      },
    },
    {
      key: 'menu',
      title: '',
      width: 56,
      render: (row) => <RowMenu row={row} />,
    },
  ];
  return (
    <DataTable
      label={t`Campaigns`}
      columns={columns}
      pages={pages}
      rowKey={(row) => row.id}
      onOpen={(row) =>
        void navigate(
          row.state === 'draft'
            ? { to: '/campaigns/$id/edit', params: { id: row.id } }
            : { to: '/campaigns/$id', params: { id: row.id } },
        )
      }
      empty={<Empty tab={tab} q={q} clear={clear} />}
    />
  );
}

/** When a draft is to start, once somebody launches it. */
function Planned({ at }: { at: number }) {
  const format = useFormat();
  const time = format.full(at);
  return (
    <Text size="xs" c={at > Date.now() ? 'dimmed' : 'error'}>
      {at > Date.now() ? (
        <Trans>Planned for {time}</Trans>
      ) : (
        <Trans>Planned for {time}, which has passed</Trans>
      )}
    </Text>
  );
}

function Empty({ tab, q, clear }: { tab: ListTab; q: string | undefined; clear: () => void }) {
  const can = useCan();
  if (q) {
    return (
      <EmptyState
        icon={IconSearch}
        title={<Trans>No campaign here matches "{q}"</Trans>}
        actions={
          <Button variant="default" onClick={clear}>
            <Trans>Clear the search</Trans>
          </Button>
        }
      />
    );
  }
  const create = can('campaigns.write') && (
    <Button component={Link} to="/campaigns/new" leftSection={<IconPlus size={16} aria-hidden />}>
      <Trans>New campaign</Trans>
    </Button>
  );
  const words = {
    running: {
      title: <Trans>Nothing is being sent</Trans>,
      about: (
        <Trans>
          A campaign that you launch is shown here while it runs: how far it is, how fast, and why when it
          does not move.
        </Trans>
      ),
    },
    scheduled: {
      title: <Trans>Nothing is planned</Trans>,
      about: <Trans>Under When, choose a date and a time, and the campaign waits here until then.</Trans>,
    },
    drafts: {
      title: <Trans>No drafts</Trans>,
      about: <Trans>A campaign that you write is kept here by itself, until you launch it.</Trans>,
    },
    finished: {
      title: <Trans>No campaign has ended yet</Trans>,
      about: <Trans>What was sent stays here for good, with who got it, read it and answered.</Trans>,
    },
  }[tab];
  return (
    <EmptyState icon={IconSpeakerphone} title={words.title} actions={create || undefined}>
      <Text span inherit>
        {words.about}
      </Text>
    </EmptyState>
  );
}
