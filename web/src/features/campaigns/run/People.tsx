import { Trans, useLingui } from '@lingui/react/macro';
import { Anchor, Button, CloseButton, Group, Select, Stack, Text } from '@mantine/core';
import { IconDownload, IconUsers } from '@tabler/icons-react';
import { Link, useNavigate } from '@tanstack/react-router';
import { failureOf, useFailureTitles } from '~/features/messages/failures';
import { MessageDrawer } from '~/features/messages/MessageDrawer';
import { STATES, useMessageStates } from '~/features/messages/states';
import { type Column, DataTable } from '~/ui/DataTable';
import { EmptyState } from '~/ui/EmptyState';
import { Phone, Time } from '~/ui/format';
import { RunningActs } from '~/ui/RunningActs';
import { SearchField } from '~/ui/SearchField';
import { StatusPill } from '~/ui/StatusPill';
import type { LedgerLine } from '../queries';
import type { RunSearch } from '../routes';
import { useExclusions } from '../words';
import { MakeList } from './MakeList';
import { exportPath, useExcluded, usePeople, type Wanted, wantedOf } from './usePeople';

/** Person by person: what became of the message. */
export function People({ id, name, search }: { id: string; name: string; search: RunSearch }) {
  const { t } = useLingui();
  const navigate = useNavigate();
  const states = useMessageStates();
  const titles = useFailureTitles();
  const left = search.state === 'excluded';
  const go = (change: Partial<RunSearch>) =>
    void navigate({
      to: '/campaigns/$id',
      params: { id },
      search: { ...search, tab: 'people', ...change },
      replace: true,
      resetScroll: false,
    });
  const filtered = !left && Boolean(search.state || search.kind || search.q);
  const clear = () => go({ state: undefined, kind: undefined, q: undefined });
  return (
    <Stack gap="sm">
      <Group justify="space-between" align="flex-end">
        <Group align="flex-end" gap="sm" w={{ base: '100%', xs: 'auto' }}>
          <Select
            label={t`Show`}
            w={{ base: '100%', xs: 240 }}
            value={search.state ?? 'all'}
            allowDeselect={false}
            onChange={(state) =>
              go({ state: state === 'all' ? undefined : (state ?? undefined), kind: undefined })
            }
            data={[
              { value: 'all', label: t`Everybody it goes to` },
              ...STATES.map((state) => ({ value: state, label: states[state]?.label ?? state })),
              { value: 'not_read', label: t`Did not read` },
              { value: 'replied', label: t`Replied` },
              { value: 'not_replied', label: t`Did not reply` },
              { value: 'excluded', label: t`Left out before` },
            ]}
          />
          {!left && (
            <SearchField label={t`Number or name`} value={search.q ?? ''} onChange={(q) => go({ q })} />
          )}
          {search.kind && (
            <Group gap={4} wrap="nowrap" mih={36}>
              <Text size="sm">{titles[search.kind] ?? search.kind}</Text>
              <CloseButton
                aria-label={t`Show all reasons`}
                title={t`Show all reasons`}
                onClick={() => go({ kind: undefined })}
              />
            </Group>
          )}
        </Group>
        <Group gap="sm">
          <MakeList id={id} name={name} search={search} />
          <Button
            component="a"
            href={exportPath(id, search)}
            download
            variant="default"
            leftSection={<IconDownload size={16} aria-hidden />}
          >
            {filtered || left ? <Trans>Download these as CSV</Trans> : <Trans>Download all as CSV</Trans>}
          </Button>
        </Group>
      </Group>
      {!left && (
        <Text size="sm" c="dimmed">
          {search.state === 'replied'
            ? t`The person wrote back, or pressed a quick reply. Each person counts once.`
            : search.state === 'not_read'
              ? t`It left, and WhatsApp does not say that it was read. People can keep that to themselves.`
              : search.state === 'not_replied'
                ? t`It left, and the person neither wrote back nor pressed a quick reply.`
                : search.state && states[search.state]?.about}{' '}
          <Trans>Sorted by phone number.</Trans>
        </Text>
      )}
      <RunningActs campaign={id} />
      {left ? (
        <LeftOut id={id} />
      ) : (
        <Messages
          id={id}
          wanted={wantedOf(search)}
          onOpen={(message) => go({ message })}
          onClear={filtered ? clear : undefined}
        />
      )}
      <MessageDrawer id={search.message} onClose={() => go({ message: undefined })} />
    </Stack>
  );
}

interface MessagesProps {
  id: string;
  wanted: Wanted;
  onOpen: (message: string) => void;
  /** There when something is filtered. */
  onClear: (() => void) | undefined;
}

function Messages({ id, wanted, onOpen, onClear }: MessagesProps) {
  const { t } = useLingui();
  const states = useMessageStates();
  const titles = useFailureTitles();
  const pages = usePeople(id, wanted);
  const columns: Column<LedgerLine>[] = [
    {
      key: 'phone',
      title: t`Person`,
      render: (row) => (
        <>
          <Anchor component="button" type="button" size="sm" dir="auto" onClick={() => onOpen(row.id)}>
            {row.name ?? <Phone number={row.phone} />}
          </Anchor>
          {row.name && <Under phone={row.phone} />}
        </>
      ),
    },
    {
      key: 'state',
      title: t`State`,
      render: (row) => {
        const words = states[row.state];
        return words ? <StatusPill tone={words.tone}>{words.label}</StatusPill> : row.state;
      },
    },
    { key: 'accepted', title: t`Accepted`, wide: true, render: (row) => <At at={row.accepted_at} /> },
    { key: 'delivered', title: t`Delivered`, wide: true, render: (row) => <At at={row.delivered_at} /> },
    { key: 'read', title: t`Read`, wide: true, render: (row) => <At at={row.read_at} /> },
    { key: 'replied', title: t`Replied`, wide: true, render: (row) => <At at={row.replied_at} /> },
    {
      key: 'why',
      title: t`Reason`,
      wide: true,
      render: (row) => {
        const failure = failureOf(row.failure);
        return failure ? <Text size="sm">{titles[failure.kind] ?? failure.detail}</Text> : '';
      },
    },
  ];
  return (
    <DataTable
      label={t`People of the campaign`}
      columns={columns}
      pages={pages}
      rowKey={(row) => row.id}
      onOpen={(row) => onOpen(row.id)}
      top={360}
      empty={
        onClear ? (
          <EmptyState
            icon={IconUsers}
            title={<Trans>Nobody matches this at the moment</Trans>}
            actions={
              <Button variant="default" onClick={onClear}>
                <Trans>Show everybody</Trans>
              </Button>
            }
          />
        ) : (
          <EmptyState icon={IconUsers} title={<Trans>Nobody yet</Trans>}>
            <Trans>People appear here as the campaign goes through its audience.</Trans>
          </EmptyState>
        )
      }
    />
  );
}

/** The number, below the name. */
function Under({ phone }: { phone: string }) {
  return (
    <Text size="xs" c="dimmed" component="div">
      <Phone number={phone} />
    </Text>
  );
}

function At({ at }: { at: number | null | undefined }) {
  return at ? <Time at={at} /> : <span aria-hidden>–</span>;
}

function LeftOut({ id }: { id: string }) {
  const { t } = useLingui();
  const words = useExclusions();
  const pages = useExcluded(id);
  return (
    <DataTable
      label={t`People who were left out`}
      pages={pages}
      rowKey={(row) => row.profile_id}
      top={360}
      columns={[
        {
          key: 'person',
          title: t`Person`,
          render: (row) =>
            row.identity ? (
              <>
                <Anchor component={Link} to={`/profiles/${row.profile_id}`} size="sm" dir="auto">
                  {row.name ?? (row.phone ? <Phone number={row.phone} /> : row.identity)}
                </Anchor>
                {row.name && row.phone && <Under phone={row.phone} />}
              </>
            ) : (
              <Text size="sm" c="dimmed">
                <Trans>A profile that is gone</Trans>
              </Text>
            ),
        },
        { key: 'reason', title: t`Why`, render: (row) => words[row.reason]?.label ?? row.reason },
        { key: 'help', title: t`What to do`, wide: true, render: (row) => words[row.reason]?.help ?? '' },
      ]}
      empty={<EmptyState icon={IconUsers} title={<Trans>Nobody was left out</Trans>} />}
    />
  );
}
