import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Skeleton, Stack, Text, Title } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { Link, useSearch } from '@tanstack/react-router';
import { useEffect, useMemo, useRef } from 'react';
import { api, body, type Schemas } from '~/api/client';
import { useNow } from '~/api/clock';
import { usePages } from '~/api/pages';
import { isShortcut, useShortcutsOn } from '~/app/shortcuts';
import { EmptyState } from '~/ui/EmptyState';
import { Phone, Time, useFormat } from '~/ui/format';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { ShowMore } from '~/ui/ShowMore';
import { ConversationRow } from './ConversationRow';
import classes from './Inbox.module.css';

type Said = Schemas['SaidMessage'];

interface Props {
  words: string;
  /** The conversation that is open. */
  current: string | undefined;
  clear: () => void;
}

/** People who are called so, and messages with these words, newest first; each of those opens its conversation where it was said. */
export function SaidList({ words, current, clear }: Props) {
  const { t } = useLingui();
  const format = useFormat();
  const search = useSearch({ from: '/shell/inbox' });
  const { at } = search;
  const beside = useMemo(() => ({ ...search, at: undefined }), [search]);
  const now = useNow();
  const list = useRef<HTMLElement>(null);
  const [shortcuts] = useShortcutsOn();
  useEffect(() => {
    if (!shortcuts) return;
    const press = (event: KeyboardEvent) => {
      if (!isShortcut(event) || (event.key !== 'j' && event.key !== 'k')) return;
      const links = [
        ...(list.current?.querySelectorAll<HTMLElement>('[data-said], [data-conversation]') ?? []),
      ];
      const now = links.findIndex((link) => link.matches(':focus'));
      const next = links[now < 0 ? 0 : now + (event.key === 'j' ? 1 : -1)];
      if (!next) return;
      event.preventDefault();
      next.focus();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [shortcuts]);
  const pages = usePages<Said>(['said', words], async (cursor) =>
    body(api.GET('/api/v1/conversations/search', { params: { query: { q: words, cursor } } })),
  );
  const first = pages.data?.pages[0] as Schemas['SaidMessages'] | undefined;
  const rows = pages.data?.pages.flatMap((page) => page.data) ?? [];
  const people = first?.people ?? [];
  if (pages.isPending) {
    return (
      <Stack role="status" aria-label={t`Loading`} p="md">
        {[1, 2, 3, 4].map((n) => (
          <Skeleton key={n} height={40} />
        ))}
      </Stack>
    );
  }
  if (!first) {
    return (
      <div style={{ padding: 'var(--mantine-spacing-md)' }}>
        <ProblemAlert problem={pages.error} retry={() => void pages.refetch()} />
      </div>
    );
  }
  return (
    <section
      ref={list}
      className={classes.scroll}
      aria-label={t`What was found`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
    >
      {people.length > 0 && (
        <>
          <Title order={2} size="h6" px="md" pt="xs">
            <Trans>People</Trans>
          </Title>
          <ul className={classes.rows}>
            {people.map((one) => (
              <li key={one.id}>
                <ConversationRow
                  conversation={one}
                  now={now}
                  current={one.id === current && !at}
                  search={beside}
                />
              </li>
            ))}
          </ul>
          {first.more_people && (
            <Text size="xs" c="dimmed" px="md" py="xs">
              <Trans>There are more. Type more of the name to find them.</Trans>
            </Text>
          )}
          {rows.length > 0 && (
            <Title order={2} size="h6" px="md" pt="xs">
              <Trans>Messages</Trans>
            </Title>
          )}
        </>
      )}
      {(first.ready_until || first.many_words) && (
        <Text size="xs" c="dimmed" px="md" py="xs" role="status">
          {first.ready_until ? (
            <Trans>
              The search is still being prepared. What was said since {format.exact(first.ready_until)} is not
              all found yet.
            </Trans>
          ) : (
            <Trans>Many words begin so. Type more letters to find all messages.</Trans>
          )}
        </Text>
      )}
      {rows.length > 0 || pages.hasNextPage ? (
        <ul className={classes.rows}>
          {rows.map((row) => (
            <li key={row.message_id}>
              <SaidRow said={row} current={row.message_id === at} />
            </li>
          ))}
        </ul>
      ) : people.length > 0 ? (
        <Text size="sm" c="dimmed" px="md" py="xs">
          <Trans>No message has these words.</Trans>
        </Text>
      ) : (
        <EmptyState
          icon={IconSearch}
          title={<Trans>Nobody is called so, and no message has these words</Trans>}
          actions={
            <Button variant="default" onClick={clear}>
              <Trans>Show all conversations</Trans>
            </Button>
          }
        >
          <Trans>
            Looked through were messages from people and answers, not campaigns. What was said a few seconds
            ago is found in a moment.
          </Trans>
        </EmptyState>
      )}
      <ShowMore pages={pages} />
    </section>
  );
}

function SaidRow({ said, current }: { said: Said; current: boolean }) {
  const search = useSearch({ from: '/shell/inbox' });
  const { conversation: c } = said;
  return (
    <Link
      to="/inbox/$id"
      params={{ id: c.id }}
      search={{ ...search, at: said.message_id }}
      preload={false}
      className={classes.row}
      style={{ gridTemplateColumns: 'minmax(0, 1fr)' }}
      aria-current={current ? 'true' : undefined}
      data-said={said.message_id}
    >
      <div style={{ minWidth: 0 }}>
        <div className={classes.line}>
          <span className={classes.name} dir="auto">
            {c.name ?? <Phone number={c.phone} />}
          </span>
          <span className={classes.time}>
            <Time at={said.at} />
          </span>
        </div>
        <Text size="sm" c="dimmed" lineClamp={3} component="div">
          {said.direction === 'out' && (
            <>
              <Trans>We:</Trans>{' '}
            </>
          )}
          <bdi>
            {said.snippet.map((piece, n) =>
              // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text, which never changes
              piece.hit ? <mark key={n}>{piece.text}</mark> : <span key={n}>{piece.text}</span>,
            )}
          </bdi>
        </Text>
      </div>
    </Link>
  );
}
