import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, SegmentedControl, Skeleton, Stack, TextInput, Title } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconInbox, IconSearch } from '@tabler/icons-react';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { ApiProblem } from '~/api/client';
import { EmptyState } from '~/ui/EmptyState';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { SavedViews } from '~/ui/SavedViews';
import classes from './Inbox.module.css';
import { useConversations, type Which } from './queries';
import { Rows } from './Rows';
import type { InboxSearch } from './routes';
import { SaidList } from './SaidList';

/** Digits enough to be somebody's number, and nothing that is a word. */
const isWhole = (text: string) => !/\p{L}/u.test(text) && text.replace(/\D/g, '').length >= 7;

/** Conversations, with the filters above them. */
export function ConversationList({ current }: { current: string | undefined }) {
  const { t } = useLingui();
  const navigate = useNavigate();
  const search = useSearch({ from: '/shell/inbox' });
  const which: Which = search.waiting ? 'waiting' : search.unread ? 'unread' : 'all';
  const [typed, setTyped] = useState(search.phone ?? search.q ?? '');
  const { phone, q } = search;
  const find = useDebouncedCallback((text: string) => {
    void navigate({
      to: '.',
      search: ({ at: _, ...now }) => ({
        ...now,
        phone: isWhole(text) ? text.trim() : undefined,
        q: isWhole(text) || text.trim() === '' ? undefined : text,
      }),
      replace: true,
    });
  }, 300);
  const pages = useConversations({ which, phone });
  const rows = pages.data?.pages.flatMap((page) => page.data) ?? [];
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);

  const invalid = pages.error instanceof ApiProblem && phone ? pages.error.errors[0]?.detail : undefined;
  const clear = () => {
    setTyped('');
    void navigate({ to: '.', search: {} });
  };
  return (
    <>
      <Stack className={classes.top} gap="xs">
        <Group justify="space-between" wrap="nowrap">
          <Title order={1} size="h4" ref={heading} tabIndex={-1} style={{ outline: 'none' }}>
            <Trans>Inbox</Trans>
          </Title>
          <SegmentedControl
            size="xs"
            aria-label={t`Which conversations`}
            value={which}
            onChange={(value) => {
              // They choose among conversations, not among messages that were found.
              if (q) setTyped('');
              void navigate({
                to: '.',
                search: ({ unread: _, waiting: __, q: ___, at: ____, ...now }) =>
                  value === 'all' ? now : { ...now, [value]: true },
              });
            }}
            data={[
              { value: 'all', label: t`All` },
              { value: 'unread', label: t`Unread` },
              { value: 'waiting', label: t`Waiting` },
            ]}
          />
        </Group>
        <TextInput
          size="sm"
          type="search"
          autoComplete="off"
          aria-label={t`Find people and words`}
          placeholder={t`Name, number or words`}
          leftSection={<IconSearch size={16} aria-hidden />}
          value={typed}
          onChange={(e) => {
            setTyped(e.currentTarget.value);
            find(e.currentTarget.value.trimStart());
          }}
          error={invalid}
        />
        <SavedViews
          page="inbox"
          filter={{ unread: search.unread, waiting: search.waiting, phone, q }}
          choose={(kept: InboxSearch) => {
            setTyped(kept.phone ?? kept.q ?? '');
            void navigate({ to: '.', search: kept });
          }}
        />
      </Stack>
      {q ? (
        <SaidList words={q} current={current} clear={clear} />
      ) : pages.isPending ? (
        <div role="status" aria-label={t`Loading`}>
          {[1, 2, 3, 4, 5, 6].map((n) => (
            <Group key={n} px="md" py={10} wrap="nowrap" gap={10}>
              <Skeleton circle height={38} />
              <Stack gap={6} flex={1}>
                <Skeleton height={12} width="60%" />
                <Skeleton height={10} />
              </Stack>
            </Group>
          ))}
        </div>
      ) : rows.length > 0 ? (
        <Rows key={`${which} ${phone}`} rows={rows} pages={pages} current={current} />
      ) : pages.isError ? (
        !invalid && (
          <div style={{ padding: 'var(--mantine-spacing-md)' }}>
            <ProblemAlert problem={pages.error} retry={() => void pages.refetch()} />
          </div>
        )
      ) : which !== 'all' || phone ? (
        <EmptyState
          icon={IconInbox}
          title={
            phone ? (
              <Trans>No conversation with this number</Trans>
            ) : which === 'waiting' ? (
              <Trans>Nobody waits for an answer</Trans>
            ) : (
              <Trans>Everything has been read</Trans>
            )
          }
          actions={
            <Button variant="default" onClick={clear}>
              <Trans>Show all conversations</Trans>
            </Button>
          }
        >
          {phone ? (
            <Trans>A conversation begins when the person writes to you.</Trans>
          ) : (
            which === 'waiting' && (
              <Trans>
                Here are people who spoke last, as long as they can be answered without a template.
              </Trans>
            )
          )}
        </EmptyState>
      ) : (
        <EmptyState
          icon={IconInbox}
          title={<Trans>No conversations yet</Trans>}
          actions={
            <Button component={Link} to="/settings/whatsapp" variant="default">
              <Trans>Check your numbers</Trans>
            </Button>
          }
        >
          <Trans>When somebody writes to one of your numbers, the conversation appears here.</Trans>
        </EmptyState>
      )}
    </>
  );
}
