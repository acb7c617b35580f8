import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Button, Loader, VisuallyHidden } from '@mantine/core';
import { IconArrowDown } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { fromMessage } from '~/wa/message';
import { plain } from '~/wa/parse';
import { MessageItem } from './MessageItem';
import type { Pending } from './outbox';
import classes from './Thread.module.css';
import { firstUnseen, itemsOf, type Thread } from './thread';

interface Props {
  thread: Thread;
  older: { fetch: (limit?: number) => Promise<void>; fetching: boolean; problem: unknown };
  pending: readonly Pending[];
  /** The message that is to be seen. */
  at: string | undefined;
  /** Messages that nobody had seen when it was opened. */
  unreadAtFirst: number;
  name: string;
  onTemplate: (() => void) | undefined;
  onWriteAgain: (text: string) => void;
  onDetails: ((id: string) => void) | undefined;
  onRetry: (pending: Pending) => void;
}

const NEAR_END = 80;
/** Messages in a page on the way to one that was said long ago. */
const FAR = 500;

/** The messages in view. It opens at the end, follows it, and stays in place while older ones are put above. */
export function MessageLog(props: Props) {
  const { thread, older, pending, at, unreadAtFirst, name } = props;
  const { t } = useLingui();
  const scroll = useRef<HTMLElement>(null);
  const [unseen] = useState(() => firstUnseen(thread.messages, unreadAtFirst));
  const items = useMemo(() => itemsOf(thread, unseen, pending), [thread, unseen, pending]);
  const byId = useMemo(() => new Map(thread.messages.map((m) => [m.id, m])), [thread.messages]);
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => 72,
    getItemKey: (index) => items[index]?.key ?? index,
    anchorTo: 'end',
    followOnAppend: true,
    scrollEndThreshold: NEAR_END,
    overscan: 8,
    paddingStart: 12,
    paddingEnd: 12,
  });
  // Nothing older is asked for before the end was shown.
  const [opened, setOpened] = useState(false);
  useLayoutEffect(() => {
    virtual.scrollToEnd();
    const timer = setTimeout(() => setOpened(true), 300);
    return () => clearTimeout(timer);
  }, [virtual]);

  // What came while one reads further up.
  const [atEnd, setAtEnd] = useState(true);
  // Measuring a row moves the end without a scroll.
  useEffect(() => {
    const end = virtual.isAtEnd(NEAR_END);
    if (opened && end !== atEnd) setAtEnd(end);
  });
  const newest = thread.messages.at(-1)?.id;
  const [seen, setSeen] = useState(newest);
  if (atEnd && seen !== newest) setSeen(newest);
  const news = atEnd ? 0 : thread.messages.filter((m) => m.direction === 'in' && seen && m.id > seen).length;
  const mine = pending.length;
  const [sent, setSent] = useState(mine);
  useEffect(() => {
    if (mine > sent) virtual.scrollToEnd();
    if (mine !== sent) setSent(mine);
  }, [mine, sent, virtual]);

  // Rows come and go while scrolling, so that what is new is told on its own.
  const [first] = useState(newest);
  const last = thread.messages.findLast((m) => m.direction === 'in');
  const told = last && first && last.id > first ? t`${name}: ${plain(fromMessage(last.content).body)}` : '';

  const rows = virtual.getVirtualItems();
  const top = rows[0]?.index ?? 0;
  const { fetch: fetchOlder, fetching, problem } = older;
  const more = thread.older !== undefined && problem === undefined;
  // A message that was found is brought into view once, from however far back.
  const [found, setFound] = useState<string>();
  const target = at ? items.findIndex((item) => item.message?.id === at) : -1;
  const oldest = thread.messages[0]?.id;
  const seeking = at !== undefined && found !== at && target < 0 && oldest !== undefined && oldest > at;
  useEffect(() => {
    if (!opened || !at || found === at || target < 0) return;
    virtual.scrollToIndex(target, { align: 'center' });
    setFound(at);
  }, [opened, at, found, target, virtual]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked anew after each page
  useEffect(() => {
    if (opened && (top < 12 || seeking) && more && !fetching) void fetchOlder(seeking ? FAR : undefined);
  }, [opened, top, seeking, more, fetching, thread.older]);

  return (
    <div className={classes.stage}>
      {(fetching || problem !== undefined) && (
        <div className={classes.older}>
          {fetching ? (
            <Loader size="sm" role="img" aria-label={t`Loading earlier messages`} />
          ) : (
            <ProblemAlert problem={problem} retry={() => void fetchOlder()} />
          )}
        </div>
      )}
      <section
        ref={scroll}
        className={classes.log}
        role="log"
        aria-live="off"
        aria-label={t`Messages with ${name}`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        onScroll={() => setAtEnd(virtual.isAtEnd(NEAR_END))}
      >
        <div className={classes.rows} style={{ height: virtual.getTotalSize() }}>
          {rows.map((row) => {
            const item = items[row.index];
            if (!item) return null;
            return (
              <div
                key={row.key}
                ref={virtual.measureElement}
                data-index={row.index}
                data-found={(at !== undefined && item.message?.id === at) || undefined}
                className={classes.item}
                style={{ transform: `translateY(${row.start}px)` }}
              >
                <MessageItem
                  item={item}
                  answered={item.message?.in_reply_to ? byId.get(item.message.in_reply_to) : undefined}
                  onTemplate={props.onTemplate}
                  onWriteAgain={props.onWriteAgain}
                  onDetails={props.onDetails}
                  onRetry={props.onRetry}
                />
              </div>
            );
          })}
        </div>
      </section>
      <VisuallyHidden role="status">{told}</VisuallyHidden>
      {!atEnd && (
        <div className={classes.pill}>
          <Button
            size="compact-md"
            radius="xl"
            variant={news > 0 ? 'filled' : 'default'}
            leftSection={<IconArrowDown size={16} aria-hidden />}
            onClick={() => virtual.scrollToEnd()}
          >
            {news > 0 ? (
              <Plural value={news} one="# new message" other="# new messages" />
            ) : (
              <Trans>To the newest</Trans>
            )}
          </Button>
        </div>
      )}
    </div>
  );
}
