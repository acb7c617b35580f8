import { Trans, useLingui } from '@lingui/react/macro';
import {
  Anchor,
  Button,
  Drawer,
  Group,
  SegmentedControl,
  Skeleton,
  Stack,
  Switch,
  Text,
  UnstyledButton,
} from '@mantine/core';
import { IconArrowDownLeft, IconArrowUpRight, IconCopy } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useCan } from '~/api/session';
import { CodeBlock } from '~/ui/CodeBlock';
import { copy } from '~/ui/CopyField';
import { useFormat } from '~/ui/format';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { pretty } from '~/ui/pretty';
import { ShowMore } from '~/ui/ShowMore';
import { done } from '~/ui/toast';
import { handset } from './handset';
import classes from './WireLog.module.css';
import { curlOf, type Exchange, gistOf, messageOf } from './wire';

const PAGE = 50;

/** What went between this server and its simulated provider: each request and each callback, with what was answered. */
export default function WireLog({ onClose }: { onClose: () => void }) {
  const { t } = useLingui();
  const [follow, setFollow] = useState(true);
  const [which, setWhich] = useState<'all' | Exchange['direction']>('all');
  const [open, setOpen] = useState<number>();
  const log = useInfiniteQuery({
    // Followed, it is read anew with everything else of the phones.
    queryKey: follow ? ['handset', 'wire'] : ['wire'],
    queryFn: ({ pageParam }) => handset.wire(pageParam, PAGE),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: ({ exchanges }) => (exchanges.length < PAGE ? undefined : exchanges.at(-1)?.n),
    placeholderData: (before) => before,
    staleTime: follow ? 0 : Number.POSITIVE_INFINITY,
  });
  const all = log.data?.pages.flatMap((page) => page.exchanges) ?? [];
  const shown = all.filter((one) => which === 'all' || one.direction === which);
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="xl"
      title={t`Wire log`}
      closeButtonProps={{ 'aria-label': t`Close` }}
    >
      <Stack>
        <Text size="sm" c="dimmed">
          <Trans>
            What went between this server and the simulated provider, newest first. Passwords and tokens are
            hidden.
          </Trans>
        </Text>
        <Group justify="space-between">
          <SegmentedControl
            size="xs"
            aria-label={t`What is shown`}
            data={[
              { value: 'all', label: t`Everything` },
              { value: 'request', label: t`Requests` },
              { value: 'callback', label: t`Callbacks` },
            ]}
            value={which}
            onChange={(value) => setWhich(value as typeof which)}
          />
          <Switch label={t`Follow`} checked={follow} onChange={(e) => setFollow(e.currentTarget.checked)} />
        </Group>
        {log.isError && all.length === 0 && (
          <ProblemAlert problem={log.error} retry={() => void log.refetch()} />
        )}
        {log.isPending && <Skeleton height={200} />}
        {log.isSuccess && shown.length === 0 && (
          <Text size="sm">
            <Trans>Nothing went over the wire yet. Send a message, or write from a phone.</Trans>
          </Text>
        )}
        <ol className={classes.list}>
          {shown.map((one) => (
            <li key={one.n}>
              <Row
                exchange={one}
                open={open === one.n}
                onOpen={() => setOpen(open === one.n ? undefined : one.n)}
              />
            </li>
          ))}
        </ol>
        <ShowMore pages={log} />
      </Stack>
    </Drawer>
  );
}

function Row({ exchange, open, onOpen }: { exchange: Exchange; open: boolean; onOpen: () => void }) {
  const { t } = useLingui();
  const format = useFormat();
  const { direction, status, took_ms: took, at } = exchange;
  const asked = direction === 'request';
  const Icon = asked ? IconArrowUpRight : IconArrowDownLeft;
  const fine = status !== null && status < 300;
  const gist = gistOf(exchange);
  return (
    <>
      <UnstyledButton className={classes.row} aria-expanded={open} onClick={onOpen}>
        <Icon size={16} aria-hidden />
        <span className={classes.gist}>
          {asked ? t`Request` : t`Callback`}
          {gist && <bdi className={classes.name}>{gist}</bdi>}
        </span>
        <span className={fine ? undefined : classes.wrong}>{status ?? t`no answer`}</span>
        <span className={classes.time}>{t`${format.number(took)} ms`}</span>
        <span className={classes.time}>{format.time(at)}</span>
      </UnstyledButton>
      {open && <Detail exchange={exchange} />}
    </>
  );
}

function Detail({ exchange }: { exchange: Exchange }) {
  const { t } = useLingui();
  const can = useCan();
  const format = useFormat();
  const { method, url, body, content_type, answer, at } = exchange;
  const message = messageOf(exchange);
  const copyCurl = async () => {
    if (await copy(curlOf(exchange), null)) done(t`Copied. Put in what is hidden before you run it.`);
  };
  return (
    <Stack gap="xs" className={classes.detail}>
      <Text size="xs" c="dimmed">
        {format.exact(at)} · <bdi dir="ltr">{`${method} ${url}`}</bdi>
      </Text>
      <CodeBlock label={t`What was sent`} value={pretty(body, content_type)} maxHeight={300} />
      <CodeBlock label={t`What was answered`} value={pretty(answer, '') || t`Nothing`} maxHeight={200} />
      <Group gap="xs">
        <Button
          size="xs"
          variant="default"
          leftSection={<IconCopy size={14} aria-hidden />}
          onClick={() => void copyCurl()}
        >
          <Trans>Copy as curl</Trans>
        </Button>
        {message && can('callbacks.read') && (
          <Anchor component={Link} to="/developers/attempts" search={{ message } as never} size="sm">
            <Trans>The message</Trans>
          </Anchor>
        )}
      </Group>
    </Stack>
  );
}
