import { Trans, useLingui } from '@lingui/react/macro';
import { Anchor, Select, Skeleton, Stack, Text } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { useSaid } from '~/i18n/said';
import { PageHeader } from '~/ui/PageHeader';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { done } from '~/ui/toast';
import { AccountForm } from './AccountForm';
import type { Values } from './form';
import { useEarlyCalls, useNewUrls, useProviders } from './queries';

/** Connects a provider. */
export function CreatePage() {
  const { t } = useLingui();
  const said = useSaid();
  const navigate = useNavigate();
  const providers = useProviders();
  const urls = useNewUrls(true);
  const early = useEarlyCalls(urls.data?.token);
  const [chosen, setChosen] = useState<string | null>(null);
  const typed = useRef<Values>({});
  const list = providers.data ?? [];
  const provider = list.find((p) => p.id === chosen) ?? list.find((p) => p.preselected) ?? list[0];
  const failed = providers.error ?? urls.error;
  return (
    <>
      <PageHeader
        title={t`Connect a provider`}
        about={t`A provider carries your messages to WhatsApp. You need an account there; its console shows what is asked for here.`}
      />
      {failed && (
        <ProblemAlert
          problem={failed}
          retry={() => void Promise.all([providers.refetch(), urls.refetch()])}
        />
      )}
      {!failed && !(provider && urls.data) && <Skeleton height={320} />}
      {provider && urls.data && (
        <Stack gap="lg">
          <Select
            label={t`Provider`}
            maw={760}
            searchable
            allowDeselect={false}
            value={provider.id}
            onChange={setChosen}
            data={list.map((p) => ({ value: p.id, label: said(p.name) }))}
            nothingFoundMessage={t`No provider of this name. One that is not here may take the open format.`}
          />
          <Text size="sm">
            <Anchor href={provider.docs} target="_blank" rel="noreferrer">
              <Trans>The provider's documentation</Trans>
            </Anchor>
          </Text>
          <AccountForm
            key={provider.id}
            provider={provider}
            urls={{ inbound: urls.data.inbound_url, reports: urls.data.reports_url }}
            called={{ inbound: early.data?.inbound.last_at, reports: early.data?.reports.last_at }}
            addresses={urls.data.egress_addresses}
            typed={typed}
            callbackToken={urls.data.token}
            writable
            onSaved={(account) => {
              done(t`${account.nickname} is connected.`);
              void navigate({
                to: '/settings/whatsapp/$id',
                params: { id: account.id },
                search: { tab: 'setup' },
              });
            }}
          />
        </Stack>
      )}
    </>
  );
}
