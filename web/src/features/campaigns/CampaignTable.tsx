import { Trans, useLingui } from '@lingui/react/macro';
import { Anchor, Button, Text } from '@mantine/core';
import { IconPlus, IconSearch, IconSpeakerphone } from '@tabler/icons-react';
import { Link, useNavigate } from '@tanstack/react-router';
import { serverNow } from '~/api/clock';
import { useCan } from '~/api/session';
import { type Column, DataTable } from '~/ui/DataTable';
import { EmptyState } from '~/ui/EmptyState';
import { Time, useFormat } from '~/ui/format';
import { StatusPill } from '~/ui/StatusPill';
import { ChosenBar, useChoice, useChoiceColumn } from './Chosen';
import { LabelPills } from './Labels';
import { RowMenu } from './RowMenu';
import { RowProgress } from './RowProgress';
import type { ListSearch, ListTab } from './routes';
import { type Narrowed, type Row, useCampaigns } from './useCampaigns';
import { useCampaignStates } from './words';

interface Props {
  tab: ListTab;
  narrowed: Narrowed;
  go: (change: ListSearch) => void;
}

/** The campaigns of a tab. */
export function CampaignTable({ tab, narrowed, go }: Props) {
  const { t } = useLingui();
  const can = useCan();
  const format = useFormat();
  const navigate = useNavigate();
  const states = useCampaignStates();
  const pages = useCampaigns(tab, narrowed);
  const [choice, choose] = useChoice(JSON.stringify([tab, narrowed]));
  const boxes = useChoiceColumn(choice, choose, pages.data?.pages.flatMap((page) => page.data) ?? []);
  const ran = tab === 'running' || tab === 'finished' || tab === 'archived';
  const { sort } = narrowed;
  const by = (order: Narrowed['sort']) => () => go({ sort: sort === order ? undefined : order });
  const share = (part: number, row: Row) => format.share(part, row.counts.sent);
  const columns: Column<Row>[] = [
    ...(can('campaigns.write') ? [boxes] : []),
    {
      key: 'name',
      title: t`Name`,
      width: '32%',
      sort: { on: sort === 'name', toggle: by('name') },
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
          <LabelPills labels={row.labels} />
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
      key: 'owner',
      title: t`Written by`,
      width: 120,
      wide: true,
      render: (row) => (row.owner ? <bdi>{row.owner.name}</bdi> : '–'),
    },
    {
      key: 'at',
      // What has not begun has no start to be sorted by.
      ...(tab === 'drafts' ? {} : { sort: { on: sort === 'start', descending: true, toggle: by('start') } }),
      title: {
        running: t`Started`,
        scheduled: t`Starts`,
        drafts: t`Last change`,
        finished: t`Started`,
        archived: t`Started`,
      }[tab],
      wide: true,
      width: 130,
      render: (row) => {
        const at =
          tab === 'scheduled'
            ? row.scheduled_at
            : ran
              ? (row.launched_at ?? row.finished_at)
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
    <>
      <ChosenBar tab={tab} choice={choice} choose={choose} />
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
        empty={
          <Empty
            tab={tab}
            narrowed={narrowed}
            clear={() => go({ q: undefined, label: undefined, owner: undefined, template: undefined })}
          />
        }
      />
    </>
  );
}

/** When a draft is to start, once somebody launches it. */
function Planned({ at }: { at: number }) {
  const format = useFormat();
  const time = format.full(at);
  return (
    <Text size="xs" c={at > serverNow() ? 'dimmed' : 'error'}>
      {at > serverNow() ? (
        <Trans>Planned for {time}</Trans>
      ) : (
        <Trans>Planned for {time}, which has passed</Trans>
      )}
    </Text>
  );
}

function Empty({ tab, narrowed, clear }: { tab: ListTab; narrowed: Narrowed; clear: () => void }) {
  const can = useCan();
  const { q, label, owner, template } = narrowed;
  if (label || owner || template) {
    return (
      <EmptyState
        icon={IconSearch}
        title={<Trans>No campaign here fits these filters</Trans>}
        actions={
          <Button variant="default" onClick={clear}>
            <Trans>Clear the filters</Trans>
          </Button>
        }
      />
    );
  }
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
    archived: {
      title: <Trans>Nothing is archived</Trans>,
      about: (
        <Trans>Campaigns that have ended can be put here, out of the way. Nothing of them is lost.</Trans>
      ),
    },
  }[tab];
  return (
    <EmptyState
      icon={IconSpeakerphone}
      title={words.title}
      actions={(tab !== 'archived' && create) || undefined}
    >
      <Text span inherit>
        {words.about}
      </Text>
    </EmptyState>
  );
}
