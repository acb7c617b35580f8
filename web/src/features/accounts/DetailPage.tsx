import { Trans, useLingui } from '@lingui/react/macro';
import { Skeleton, Stack, Tabs, Text } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useCan } from '~/api/session';
import { useSaid } from '~/i18n/said';
import { PageHeader } from '~/ui/PageHeader';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { StatusPill } from '~/ui/StatusPill';
import { done } from '~/ui/toast';
import { AccountForm } from './AccountForm';
import { AutoReplyTab } from './AutoReplyTab';
import { NumbersTab } from './NumbersTab';
import { useAccount, useProviders, useTrouble } from './queries';
import { TroubleTab } from './TroubleTab';

const route = getRouteApi('/shell/settings/whatsapp/$id');

/** One account: its settings, its numbers, and why it does not do what it should. */
export function DetailPage() {
  const { t } = useLingui();
  const said = useSaid();
  const can = useCan();
  const { id } = route.useParams();
  const { tab } = route.useSearch();
  const navigate = route.useNavigate();
  const account = useAccount(id);
  const providers = useProviders();
  const trouble = useTrouble(id);
  const provider = providers.data?.find((p) => p.id === account.data?.provider);
  const [visited, setVisited] = useState(false);
  if (tab === 'auto-reply' && !visited) setVisited(true);
  if (account.isError) return <ProblemAlert problem={account.error} retry={() => void account.refetch()} />;
  if (!account.data || !provider) return <Skeleton height={320} />;
  const it = account.data;
  const open = it.state === 'active' || it.state === 'held';
  return (
    <>
      <PageHeader
        title={it.nickname}
        about={said(provider.name)}
        beside={
          it.state === 'held' && (
            <StatusPill tone="bad">
              <Trans>Sending stands still</Trans>
            </StatusPill>
          )
        }
      />
      <Tabs
        value={tab}
        onChange={(next) => void navigate({ search: { tab: (next ?? 'setup') as typeof tab } })}
        keepMounted={false}
      >
        <Tabs.List mb="lg">
          <Tabs.Tab value="setup">
            <Trans>Setup</Trans>
          </Tabs.Tab>
          <Tabs.Tab value="numbers">
            <Trans>Numbers</Trans>
          </Tabs.Tab>
          <Tabs.Tab value="auto-reply">
            <Trans>Auto-reply</Trans>
          </Tabs.Tab>
          <Tabs.Tab value="trouble">
            <Trans>Troubleshooting</Trans>
          </Tabs.Tab>
        </Tabs.List>
        {/* What is being typed stays while one looks at another tab. */}
        <Tabs.Panel value="setup" keepMounted>
          <Stack gap="lg">
            {!open && (
              <Text>
                <Trans>This account is out of use; what it sent and received stays readable.</Trans>
              </Text>
            )}
            {can('accounts.write') ? (
              <AccountForm
                key={it.id}
                provider={provider}
                account={it}
                urls={{ inbound: it.inbound_url ?? '', reports: it.reports_url ?? '' }}
                called={{ inbound: it.last_inbound_at, reports: it.last_report_at }}
                addresses={trouble.data?.egress_addresses}
                writable={open}
                onSaved={() => done(t`The settings are saved.`)}
              />
            ) : (
              <Text>
                <Trans>Only who may change the settings sees them: the owner and administrators.</Trans>
              </Text>
            )}
          </Stack>
        </Tabs.Panel>
        <Tabs.Panel value="numbers">
          <NumbersTab account={id} />
        </Tabs.Panel>
        <Tabs.Panel value="auto-reply" keepMounted>
          {(visited || tab === 'auto-reply') &&
            (can('accounts.write') ? (
              <AutoReplyTab key={it.id} account={it} writable={open} />
            ) : (
              <Text>
                <Trans>Only who may change the settings sees them: the owner and administrators.</Trans>
              </Text>
            ))}
        </Tabs.Panel>
        <Tabs.Panel value="trouble">
          <TroubleTab account={it} />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}
