import { Trans, useLingui } from '@lingui/react/macro';
import { Button, SimpleGrid, Skeleton, Stack, Switch } from '@mantine/core';
import { IconPlugConnected, IconPlus } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useCan } from '~/api/session';
import { EmptyState } from '~/ui/EmptyState';
import { PageHeader } from '~/ui/PageHeader';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { AccountCard } from './AccountCard';
import { useAccounts, useNumbers, useProviders } from './queries';

/** The accounts at providers. */
export function ListPage() {
  const { t } = useLingui();
  const can = useCan();
  const accounts = useAccounts();
  const numbers = useNumbers();
  const providers = useProviders();
  const [old, setOld] = useState(false);
  const all = accounts.data ?? [];
  const used = all.filter((a) => a.state === 'active' || a.state === 'held');
  const shown = old ? all : used;
  const name = (id: string) => providers.data?.find((p) => p.id === id)?.name ?? id;
  const add = can('accounts.write') && (
    <Button
      component={Link}
      to="/settings/whatsapp/new"
      variant={used.length > 0 || !can('demo.manage') ? 'filled' : 'default'}
      leftSection={<IconPlus size={16} aria-hidden />}
    >
      <Trans>Provider</Trans>
    </Button>
  );
  return (
    <>
      <PageHeader
        title={t`WhatsApp`}
        about={t`Accounts at the providers that carry your messages, and the numbers you write from.`}
        actions={used.length > 0 && add}
      />
      {accounts.isPending && <Skeleton height={180} />}
      {accounts.isError && <ProblemAlert problem={accounts.error} retry={() => void accounts.refetch()} />}
      {accounts.data && used.length === 0 && (
        <EmptyState
          icon={IconPlugConnected}
          title={<Trans>No provider is connected yet</Trans>}
          actions={
            <>
              {can('demo.manage') && (
                <Button component={Link} to="/welcome">
                  <Trans>Try with a simulated provider</Trans>
                </Button>
              )}
              {add}
            </>
          }
        >
          <Trans>
            Messages reach WhatsApp through a provider. The simulated one needs no account and reaches nobody:
            good for a first look.
          </Trans>
        </EmptyState>
      )}
      <Stack>
        <SimpleGrid cols={{ base: 1, lg: 2 }}>
          {shown.map((account) => (
            <AccountCard
              key={account.id}
              account={account}
              provider={name(account.provider)}
              numbers={(numbers.data ?? []).filter((n) => n.account_id === account.id)}
            />
          ))}
        </SimpleGrid>
        {all.length > used.length && (
          <Switch
            label={t`Show what is archived or deleted`}
            checked={old}
            onChange={(e) => setOld(e.currentTarget.checked)}
          />
        )}
      </Stack>
    </>
  );
}
