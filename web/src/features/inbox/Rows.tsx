import { useLingui } from '@lingui/react/macro';
import { useSearch } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useEffectEvent, useMemo, useRef, useState } from 'react';
import { useNow } from '~/api/clock';
import { isShortcut, useShortcutsOn } from '~/app/shortcuts';
import type { Pages } from '~/ui/DataTable';
import { ShowMore } from '~/ui/ShowMore';
import { ConversationRow } from './ConversationRow';
import classes from './Inbox.module.css';
import type { Conversation } from './queries';

interface Props {
  rows: Conversation[];
  pages: Pages<Conversation>;
  current: string | undefined;
}

/** The rows in view. `j` and `k` move a cursor that stays with its conversation when the list is ordered anew. */
export function Rows({ rows, pages, current }: Props) {
  const { t } = useLingui();
  // Whoever opens another conversation is not led to a message of the last one.
  const whole = useSearch({ from: '/shell/inbox' });
  const search = useMemo(() => ({ ...whole, at: undefined }), [whole]);
  const now = useNow();
  const scroll = useRef<HTMLElement>(null);
  const [cursor, setCursor] = useState<string>();
  const [shortcuts] = useShortcutsOn();
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: (index) => (rows[index]?.name ? 85 : 67),
    overscan: 8,
    getItemKey: (index) => rows[index]?.id ?? index,
    initialRect: { width: 340, height: 700 },
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  const { hasNextPage, isFetchingNextPage, fetchNextPage, isFetchNextPageError } = pages;
  useEffect(() => {
    if (last >= rows.length - 15 && hasNextPage && !isFetchingNextPage && !isFetchNextPageError)
      void fetchNextPage();
  }, [last, rows.length, hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage]);

  const step = useEffectEvent((by: number) => {
    const at = rows.findIndex((row) => row.id === (cursor ?? current));
    const next = rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + by))];
    if (!next) return;
    setCursor(next.id);
    virtual.scrollToIndex(rows.indexOf(next));
    // The row may not be in the document before it was scrolled to.
    requestAnimationFrame(() =>
      scroll.current?.querySelector<HTMLElement>(`[data-conversation="${next.id}"]`)?.focus(),
    );
  });
  useEffect(() => {
    if (!shortcuts) return;
    const press = (event: KeyboardEvent) => {
      if (!isShortcut(event) || (event.key !== 'j' && event.key !== 'k')) return;
      event.preventDefault();
      step(event.key === 'j' ? 1 : -1);
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [shortcuts]);

  return (
    <section
      ref={scroll}
      className={classes.scroll}
      aria-label={t`Conversations`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
    >
      <ul className={classes.rows} style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => {
          const row = rows[item.index];
          if (!row) return null;
          return (
            <li
              key={item.key}
              ref={virtual.measureElement}
              data-index={item.index}
              className={classes.item}
              style={{ transform: `translateY(${item.start}px)` }}
              aria-setsize={hasNextPage ? -1 : rows.length}
              aria-posinset={item.index + 1}
            >
              <ConversationRow conversation={row} now={now} current={row.id === current} search={search} />
            </li>
          );
        })}
      </ul>
      <ShowMore pages={pages} />
    </section>
  );
}
