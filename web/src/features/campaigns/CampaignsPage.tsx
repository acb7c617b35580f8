import { Trans, useLingui } from '@lingui/react/macro';
import { Box, Button, Group, SegmentedControl, Tabs } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { serverNow } from '~/api/clock';
import { useCan } from '~/api/session';
import { PageHeader } from '~/ui/PageHeader';
import { SavedViews } from '~/ui/SavedViews';
import { CampaignFilters } from './CampaignFilters';
import { CampaignTable } from './CampaignTable';
import { MonthView } from './MonthView';
import { monthOf, readMonth, showMonth } from './month';
import { LIST_TABS, type ListSearch, type ListTab } from './routes';
import { type Narrowed, useFirstTab } from './useCampaigns';

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
    archived: t`Archived`,
  };
  const { q, label, owner, template, sort } = search;
  const narrowed: Narrowed = { q, label, owner, template, sort };
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
            <CampaignFilters search={search} go={go} />
            {tab && (
              <SavedViews
                page="campaigns"
                filter={{ tab, ...narrowed, view: search.view }}
                choose={(search: ListSearch) => void navigate({ to: '/campaigns', search, replace: true })}
              />
            )}
          </Group>
        </Group>
        {tab && (
          <Tabs.Panel value={tab}>
            {tab === 'scheduled' ? (
              <Scheduled search={search} narrowed={narrowed} go={go} />
            ) : (
              <CampaignTable tab={tab} narrowed={narrowed} go={go} />
            )}
          </Tabs.Panel>
        )}
      </Tabs>
    </>
  );
}

/** A list, or a month where the window is wide enough for one. */
function Scheduled({
  search,
  narrowed,
  go,
}: {
  search: ListSearch;
  narrowed: Narrowed;
  go: (change: ListSearch) => void;
}) {
  const { t } = useLingui();
  const list = <CampaignTable tab="scheduled" narrowed={narrowed} go={go} />;
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
              narrowed={narrowed}
              month={readMonth(search.month) ?? monthOf(serverNow())}
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
