import { Trans, useLingui } from '@lingui/react/macro';
import { Anchor, Button, Group, Select, Stack, Text } from '@mantine/core';
import { IconSend } from '@tabler/icons-react';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useFailureTitles } from '~/features/messages/failures';
import { MessageDrawer } from '~/features/messages/MessageDrawer';
import { DataTable } from '~/ui/DataTable';
import { EmptyState } from '~/ui/EmptyState';
import { Phone, useFormat } from '~/ui/format';
import { PageHeader } from '~/ui/PageHeader';
import { Said } from '~/ui/Said';
import { SavedViews } from '~/ui/SavedViews';
import { StatusPill } from '~/ui/StatusPill';
import { AccountFilter } from './AccountFilter';
import { LogFilters } from './LogFilters';
import { useAccountNames, useAttempts } from './queries';
import { Sections } from './Sections';
import { OUTCOMES } from './states';

const route = getRouteApi('/shell/developers/attempts');

/** `/developers/attempts`: what was asked of providers, and what came back. */
export function Attempts() {
  const { t } = useLingui();
  const format = useFormat();
  const navigate = useNavigate();
  const search = route.useSearch();
  const titles = useFailureTitles();
  const words: Record<string, string> = { failed: t`All that failed`, accepted: t`Accepted`, ...titles };
  const { message, ...filter } = search;
  const pages = useAttempts(filter);
  const names = useAccountNames();
  const set = (change: Partial<typeof search>) =>
    void navigate({
      to: '/developers/attempts',
      search: { ...search, ...change },
      replace: true,
      resetScroll: false,
    });
  return (
    <>
      <PageHeader
        title={t`Sending log`}
        about={t`Every attempt to send that did not simply succeed, and every message to one person. Of a campaign's messages that were accepted at once, the campaign's list of people tells.`}
      />
      <Sections />
      <Stack>
        <Group gap="sm" align="flex-end">
          <Select
            label={t`Outcome`}
            placeholder={t`Any outcome`}
            clearable
            w={300}
            maw="100%"
            value={filter.outcome ?? null}
            onChange={(outcome) => set({ outcome: OUTCOMES.find((one) => one === outcome) })}
            data={OUTCOMES.map((one) => ({ value: one, label: words[one] ?? one }))}
            clearButtonProps={{ 'aria-label': t`Any outcome` }}
          />
          <AccountFilter account={filter.account} onChange={(account) => set({ account })} />
          <LogFilters filter={filter} set={set} />
          <SavedViews
            page="attempts"
            filter={filter}
            choose={(search) => void navigate({ to: '/developers/attempts', search, replace: true })}
          />
        </Group>
        <DataTable
          label={t`Attempts to send`}
          top={430}
          pages={pages}
          rowKey={(row) => `${row.message_id} ${row.attempt}`}
          onOpen={(row) => set({ message: row.message_id })}
          columns={[
            {
              key: 'at',
              title: <Trans>Answered</Trans>,
              render: (row) => (
                <Anchor
                  component="button"
                  type="button"
                  size="sm"
                  ta="start"
                  onClick={() => set({ message: row.message_id })}
                >
                  <time dateTime={new Date(row.finished_at).toISOString()}>
                    {format.exact(row.finished_at)}
                  </time>
                </Anchor>
              ),
            },
            { key: 'phone', title: <Trans>To</Trans>, render: (row) => <Phone number={row.phone} /> },
            {
              key: 'outcome',
              title: <Trans>Outcome</Trans>,
              render: (row) => (
                <>
                  <StatusPill tone={row.outcome === 'accepted' ? 'good' : 'bad'}>
                    {words[row.outcome] ?? row.outcome}
                  </StatusPill>
                  {row.detail && (
                    <Text size="sm" mt={4} lineClamp={2}>
                      <Said text={row.detail} />
                    </Text>
                  )}
                </>
              ),
            },
            {
              key: 'from',
              title: <Trans>From</Trans>,
              wide: true,
              render: (row) => (
                <>
                  <Text size="sm" dir="auto">
                    {names.get(row.account_id) ?? row.account_id}
                  </Text>
                  <Text size="xs" c="dimmed">
                    <Phone number={row.number} />
                  </Text>
                </>
              ),
            },
            {
              key: 'attempt',
              title: <Trans>Attempt</Trans>,
              end: true,
              wide: true,
              render: (row) => format.number(row.attempt),
            },
            {
              key: 'status',
              title: <Trans>HTTP status</Trans>,
              end: true,
              wide: true,
              render: (row) => row.http_status ?? '–',
            },
            {
              key: 'took',
              title: <Trans>Took, ms</Trans>,
              end: true,
              wide: true,
              render: (row) => format.number(Math.max(0, row.finished_at - row.at)),
            },
          ]}
          empty={
            Object.values(filter).some(Boolean) ? (
              <EmptyState
                icon={IconSend}
                title={t`No attempt is like this`}
                actions={
                  <Button
                    variant="default"
                    onClick={() => void navigate({ to: '/developers/attempts', search: {}, replace: true })}
                  >
                    <Trans>Clear the filters</Trans>
                  </Button>
                }
              />
            ) : (
              <EmptyState icon={IconSend} title={t`Nothing to tell`}>
                <Trans>
                  Answers of agents, automatic answers and test messages stand here, and all that a provider
                  did not accept at once.
                </Trans>
              </EmptyState>
            )
          }
        />
      </Stack>
      <MessageDrawer id={message} onClose={() => set({ message: undefined })} />
    </>
  );
}
