import { Trans, useLingui } from '@lingui/react/macro';
import { Group, Skeleton, Stack, Tabs } from '@mantine/core';
import { Navigate, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { PageHeader } from '~/ui/PageHeader';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { StatusPill } from '~/ui/StatusPill';
import { LabelPills } from '../Labels';
import { useCampaign } from '../queries';
import { RowMenu } from '../RowMenu';
import { RUN_TABS } from '../routes';
import { useCampaignStates } from '../words';
import { Overview } from './Overview';
import { People } from './People';
import { RunActions } from './RunActions';
import { Setup } from './Setup';
import { StateSentence } from './StateSentence';
import { useRun } from './useRun';

/** A campaign that was launched: where it stands, to whom it went, what it said. */
export function CampaignPage() {
  const { t } = useLingui();
  const { id } = useParams({ from: '/shell/campaigns/$id' });
  const search = useSearch({ from: '/shell/campaigns/$id' });
  const navigate = useNavigate();
  const states = useCampaignStates();
  const { data: campaign, error, refetch } = useCampaign(id);
  const { query, run } = useRun(id);
  if (error && !campaign) {
    return (
      <Stack>
        <PageHeader title={t`Campaign`} />
        <ProblemAlert problem={error} retry={() => void refetch()} />
      </Stack>
    );
  }
  if (!campaign) {
    return (
      <Stack role="status" aria-label={t`Loading`}>
        <Skeleton height={36} width="40%" />
        <Skeleton height={24} />
        <Skeleton height={240} />
      </Stack>
    );
  }
  if (campaign.state === 'draft') return <Navigate to="/campaigns/$id/edit" params={{ id }} replace />;
  const state = states[run?.progress.state ?? campaign.state];
  return (
    <>
      <PageHeader
        title={campaign.name}
        beside={
          <Group gap="xs">
            {state && <StatusPill tone={state.tone}>{state.label}</StatusPill>}
            {campaign.archived_at && <StatusPill tone="paused">{t`Archived`}</StatusPill>}
            <LabelPills labels={campaign.labels} />
          </Group>
        }
        actions={
          <>
            <RunActions campaign={campaign} run={run} />
            <RowMenu row={{ ...campaign, state: run?.progress.state ?? campaign.state }} />
          </>
        }
      />
      {query.error && !run ? (
        <ProblemAlert problem={query.error} retry={() => void query.refetch()} />
      ) : run ? (
        <StateSentence campaign={campaign} run={run} />
      ) : (
        <Skeleton height={48} mb="md" />
      )}
      <Tabs
        value={search.tab ?? 'overview'}
        keepMounted={false}
        onChange={(value) =>
          void navigate({
            to: '/campaigns/$id',
            params: { id },
            search: { tab: RUN_TABS.find((tab) => tab === value) },
            resetScroll: false,
          })
        }
      >
        <Tabs.List mb="md">
          <Tabs.Tab value="overview">
            <Trans>Overview</Trans>
          </Tabs.Tab>
          <Tabs.Tab value="people">
            <Trans>People</Trans>
          </Tabs.Tab>
          <Tabs.Tab value="setup">
            <Trans>What was sent</Trans>
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="overview">
          {run ? <Overview id={id} run={run} /> : <Skeleton height={240} />}
        </Tabs.Panel>
        <Tabs.Panel value="people">
          <People id={id} name={campaign.name} search={search} />
        </Tabs.Panel>
        <Tabs.Panel value="setup">
          <Setup campaign={campaign} />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}
