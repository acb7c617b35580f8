import { Trans, useLingui } from '@lingui/react/macro';
import {
  Button,
  Center,
  Group,
  SegmentedControl,
  Skeleton,
  Stack,
  Text,
  Timeline,
  Title,
} from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { MessageDrawer } from '~/features/messages/MessageDrawer';
import { EmptyState } from '~/ui/EmptyState';
import { Time } from '~/ui/format';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { Bullet, Happened } from './Happened';
import { type Happening, useTimeline } from './queries';

const route = getRouteApi('/shell/profiles/$id');

/** Pages that are looked through by themselves for decisions about messages. */
const LOOK_AHEAD = 10;

/** One history of the person: messages, events and consent together. */
export function History({ id }: { id: string }) {
  const { t } = useLingui();
  const { show, message } = route.useSearch();
  const navigate = useNavigate();
  const go = (search: { show?: 'consent'; message?: string }) =>
    void navigate({ to: '/profiles/$id', params: { id }, search, replace: true });
  return (
    <section aria-label={t`History`}>
      <Group justify="space-between" mb="md">
        <Title order={2} size="h5">
          <Trans>History</Trans>
        </Title>
        <SegmentedControl
          size="xs"
          aria-label={t`What to show`}
          data={[
            { value: 'all', label: t`Everything` },
            { value: 'consent', label: t`Consent only` },
          ]}
          value={show ?? 'all'}
          onChange={(value) => go({ show: value === 'consent' ? 'consent' : undefined })}
        />
      </Group>
      <Rows id={id} only={show} open={(message) => go({ show, message })} />
      <MessageDrawer id={message} onClose={() => go({ show })} />
    </section>
  );
}

const keyOf = (one: Happening) =>
  one.kind === 'message'
    ? one.message_id
    : one.kind === 'consent'
      ? `${one.at}${one.action}${one.source}`
      : `${one.at}${one.name}`;

function Rows({ id, only, open }: { id: string; only?: 'consent'; open: (message: string) => void }) {
  const { t } = useLingui();
  const pages = useTimeline(id);
  const { hasNextPage, isFetching, isError, fetchNextPage } = pages;
  const looked = pages.data?.pages.length ?? 0;
  const all = pages.data?.pages.flatMap((page) => page.data) ?? [];
  const shown = only ? all.filter((one) => one.kind === only) : all;
  const seek = only !== undefined && hasNextPage && looked < LOOK_AHEAD;
  useEffect(() => {
    if (seek && !isFetching && !isError) void fetchNextPage();
  }, [seek, isFetching, isError, fetchNextPage]);
  if (pages.isPending) return <Skeleton height={240} role="status" aria-label={t`Loading`} />;
  if (isError && all.length === 0)
    return <ProblemAlert problem={pages.error} retry={() => void pages.refetch()} />;
  if (shown.length === 0 && !hasNextPage) {
    return only ? (
      <EmptyState icon={IconHistory} title={t`No decision is recorded`}>
        <Trans>Opt-ins and opt-outs stand here with where they come from.</Trans>
      </EmptyState>
    ) : (
      <EmptyState icon={IconHistory} title={t`Nothing happened yet`}>
        <Trans>Messages, decisions about them, and events of this person stand here.</Trans>
      </EmptyState>
    );
  }
  return (
    <Stack>
      <Timeline bulletSize={26} lineWidth={2} color="gray">
        {shown.map((one, index) => (
          <Timeline.Item
            // Two events of one name may have come at the same moment.
            key={`${keyOf(one)}${one.kind === 'event' ? index : ''}`}
            bullet={<Bullet happening={one} />}
          >
            <Happened happening={one} open={open} />
            <Text size="xs" c="dimmed">
              <Time at={one.at} full />
            </Text>
          </Timeline.Item>
        ))}
      </Timeline>
      {isError && <ProblemAlert problem={pages.error} retry={() => void fetchNextPage()} />}
      {hasNextPage && !isError && (
        <Center>
          <Button variant="subtle" size="xs" loading={isFetching} onClick={() => void fetchNextPage()}>
            <Trans>Show older</Trans>
          </Button>
        </Center>
      )}
    </Stack>
  );
}
