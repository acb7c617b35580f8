import { Trans, useLingui } from '@lingui/react/macro';
import { Alert, Anchor, Button, Group, Select, Stack, Text } from '@mantine/core';
import { IconRefresh, IconShieldX, IconWebhook } from '@tabler/icons-react';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useCan } from '~/api/session';
import { DataTable } from '~/ui/DataTable';
import { EmptyState } from '~/ui/EmptyState';
import { useFormat } from '~/ui/format';
import { PageHeader } from '~/ui/PageHeader';
import { Said } from '~/ui/Said';
import { SavedViews } from '~/ui/SavedViews';
import { AccountFilter } from './AccountFilter';
import { LogFilters } from './LogFilters';
import { useAccountNames, useCallbacks, useRefused } from './queries';
import { useAskReplay } from './replay';
import { Sections } from './Sections';
import { StateWord, useStateWords } from './StateWord';
import { STATES } from './states';

const route = getRouteApi('/shell/developers/callbacks');

/** `/developers/callbacks`: what providers sent, as it came. */
export function Callbacks() {
  const { t } = useLingui();
  const can = useCan();
  const format = useFormat();
  const navigate = useNavigate();
  const filter = route.useSearch();
  const words = useStateWords();
  const pages = useCallbacks(filter);
  const { data: refused = 0 } = useRefused();
  const askReplay = useAskReplay();
  const names = useAccountNames();
  const filtered = Object.values(filter).some(Boolean);
  const set = (change: Partial<typeof filter>) =>
    void navigate({ to: '/developers/callbacks', search: { ...filter, ...change }, replace: true });
  const { state } = filter;
  return (
    <>
      <PageHeader
        title={t`Callbacks`}
        about={t`Every request of a provider is kept byte by byte before anything is done with it.`}
        actions={
          can('callbacks.replay') &&
          state &&
          state !== 'new' &&
          Object.values(filter).filter(Boolean).length === 1 && (
            <Button
              variant="default"
              leftSection={<IconRefresh size={16} aria-hidden />}
              onClick={() => askReplay(state)}
            >
              <Trans>Apply all of these again</Trans>
            </Button>
          )
        }
      />
      <Sections />
      <Stack>
        {refused > 0 && (
          <Alert color="yellow" icon={<IconShieldX aria-hidden />} title={t`Callbacks were turned away`}>
            <Trans>
              {format.number(refused)} since the server started: their signature did not match, so they are
              not in this list. Compare the signature secret in{' '}
              <Anchor component={Link} to="/settings/whatsapp" underline="always" c="inherit" inherit>
                the provider's settings
              </Anchor>{' '}
              with the one in the provider's console.
            </Trans>
          </Alert>
        )}
        <Group gap="sm" align="flex-end">
          <Select
            label={t`State`}
            placeholder={t`Any state`}
            clearable
            w={220}
            value={filter.state ?? null}
            onChange={(state) => set({ state: STATES.find((one) => one === state) })}
            data={STATES.map((one) => ({ value: one, label: words(one).word }))}
            clearButtonProps={{ 'aria-label': t`Any state` }}
          />
          <AccountFilter account={filter.account} onChange={(account) => set({ account })} />
          <LogFilters filter={filter} set={set} />
          <SavedViews
            page="callbacks"
            filter={filter}
            choose={(search) => void navigate({ to: '/developers/callbacks', search, replace: true })}
          />
        </Group>
        <DataTable
          label={t`Callbacks`}
          top={430}
          pages={pages}
          rowKey={(row) => row.id}
          onOpen={(row) => void navigate({ to: '/developers/callbacks/$id', params: { id: row.id } })}
          columns={[
            {
              key: 'at',
              title: <Trans>Came</Trans>,
              render: (row) => (
                <Anchor component={Link} to={`/developers/callbacks/${row.id}`} size="sm">
                  <time dateTime={new Date(row.at).toISOString()}>{format.exact(row.at)}</time>
                </Anchor>
              ),
            },
            { key: 'state', title: <Trans>State</Trans>, render: (row) => <StateWord state={row.state} /> },
            {
              key: 'account',
              title: <Trans>Provider</Trans>,
              wide: true,
              render: (row) => (
                <Text size="sm" dir="auto">
                  {names.get(row.account_id) ?? row.account_id}
                </Text>
              ),
            },
            {
              key: 'problem',
              title: <Trans>What stands in the way</Trans>,
              wide: true,
              render: (row) => (
                <Text size="sm" c={row.problem ? undefined : 'dimmed'} lineClamp={2}>
                  {row.problem ? <Said text={row.problem} /> : t`Nothing`}
                </Text>
              ),
            },
            {
              key: 'events',
              title: <Trans>Events</Trans>,
              end: true,
              render: (row) => format.number(row.events),
            },
            {
              key: 'length',
              title: <Trans>Bytes</Trans>,
              end: true,
              wide: true,
              render: (row) => format.number(row.length),
            },
          ]}
          empty={
            filtered ? (
              <EmptyState
                icon={IconWebhook}
                title={t`No callback is like this`}
                actions={
                  <Button
                    variant="default"
                    onClick={() => void navigate({ to: '/developers/callbacks', search: {}, replace: true })}
                  >
                    <Trans>Clear the filters</Trans>
                  </Button>
                }
              />
            ) : (
              <EmptyState
                icon={IconWebhook}
                title={t`No provider has called yet`}
                actions={
                  <Button component={Link} to="/settings/whatsapp">
                    <Trans>See the callback URLs</Trans>
                  </Button>
                }
              >
                <Trans>
                  Messages of customers and delivery reports arrive here once the callback URLs of a provider
                  are pasted in its console.
                </Trans>
              </EmptyState>
            )
          }
        />
      </Stack>
    </>
  );
}
