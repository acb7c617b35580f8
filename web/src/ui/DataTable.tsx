import { useLingui } from '@lingui/react/macro';
import { Skeleton, Table, UnstyledButton } from '@mantine/core';
import { IconArrowsSort, IconSortAscending, IconSortDescending } from '@tabler/icons-react';
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, type ReactNode, useCallback, useEffect, useMemo, useRef } from 'react';
import classes from './DataTable.module.css';
import { ProblemAlert } from './ProblemAlert';
import { ShowMore } from './ShowMore';
import { useRowKeys } from './useRowKeys';

/** A page of a listing, as the API answers it. */
export interface Page<Row> {
  data: Row[];
  next_cursor?: string | null;
}
export type Pages<Row> = UseInfiniteQueryResult<InfiniteData<Page<Row>>, Error>;

export interface Column<Row> {
  key: string;
  title: ReactNode;
  render: (row: Row) => ReactNode;
  /** Numbers stand at the end. */
  end?: boolean;
  /** Left out on phones. */
  wide?: boolean;
  width?: number | string;
  /** The server can list by this column; pressing its title does so, or goes back to the order without it. */
  sort?: Sort;
}

export interface Sort {
  /** The list is in this order now. */
  on: boolean;
  /** The largest, or the last, comes first. */
  descending?: boolean;
  toggle: () => void;
}

interface Props<Row> {
  /** Names the table for screen readers. */
  label: string;
  columns: Column<Row>[];
  pages: Pages<Row>;
  rowKey: (row: Row) => string;
  /** Opens a row by click or Enter; see `useRowKeys` for the other keys. The first column should hold a link as well. */
  onOpen?: (row: Row) => void;
  /** Stands in place of the table when there is nothing. */
  empty: ReactNode;
  /** Height of what stands above, so that the table fills the window; pixels. */
  top?: number;
}

/** A table of a listing: pages are fetched while scrolling, only the rows in view are in the document. */
export function DataTable<Row>({ label, columns, pages, rowKey, onOpen, empty, top }: Props<Row>) {
  const { t } = useLingui();
  const scroll = useRef<HTMLDivElement>(null);
  const loaded = pages.data?.pages;
  const rows = useMemo(() => loaded?.flatMap((page) => page.data) ?? [], [loaded]);
  // With another function all rows, which may be a hundred thousand, are laid out anew: it changes only when the rows do.
  // biome-ignore lint/correctness/useExhaustiveDependencies: how a row is known does not change
  const getItemKey = useCallback(
    (index: number) => {
      const row = rows[index];
      return row ? rowKey(row) : index;
    },
    [rows],
  );
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => 53,
    overscan: 8,
    getItemKey,
    // The head stands over the rows.
    scrollPaddingEnd: 44,
    initialRect: { width: 800, height: 600 },
  });
  const items = virtual.getVirtualItems();
  const follow = useRowKeys({
    region: scroll,
    count: rows.length,
    keyOf: (index) => String(getItemKey(index)),
    show: (index) => virtual.scrollToIndex(index),
    open:
      onOpen &&
      ((index) => {
        const row = rows[index];
        if (row !== undefined) onOpen(row);
      }),
  });
  const last = items.at(-1)?.index ?? 0;
  const { hasNextPage, isFetchingNextPage, fetchNextPage, isFetchNextPageError } = pages;
  useEffect(() => {
    if (last >= rows.length - 15 && hasNextPage && !isFetchingNextPage && !isFetchNextPageError)
      void fetchNextPage();
  }, [last, rows.length, hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage]);

  if (pages.isPending) {
    return (
      <div role="status" aria-label={t`Loading`}>
        {[1, 2, 3, 4, 5].map((n) => (
          <Skeleton key={n} height={40} mt="sm" />
        ))}
      </div>
    );
  }
  if (pages.isError && rows.length === 0) {
    return <ProblemAlert problem={pages.error} retry={() => void pages.refetch()} />;
  }
  if (rows.length === 0) return <>{empty}</>;

  const before = items[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  return (
    <>
      <section
        ref={scroll}
        className={classes.scroll}
        aria-label={label}
        data-rows
        onFocus={(event) => follow(event.target)}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        style={top === undefined ? undefined : { ['--table-top' as string]: `${top}px` }}
      >
        <Table aria-label={label} aria-rowcount={hasNextPage ? -1 : rows.length + 1}>
          <Table.Thead className={classes.head}>
            <Table.Tr aria-rowindex={1}>
              {columns.map((c) => (
                <Table.Th
                  key={c.key}
                  w={c.width}
                  className={`${c.end ? classes.end : ''} ${c.wide ? classes.wide : ''}`}
                  aria-sort={c.sort?.on ? (c.sort.descending ? 'descending' : 'ascending') : undefined}
                >
                  {c.sort ? <SortTitle title={c.title} sort={c.sort} /> : c.title}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {before > 0 && <tr aria-hidden style={{ height: before }} />}
            {items.map((item) => {
              const row = rows[item.index];
              if (row === undefined) return null;
              return (
                <Line
                  key={item.key}
                  row={row}
                  index={item.index}
                  columns={columns}
                  onOpen={onOpen}
                  measure={virtual.measureElement}
                />
              );
            })}
            {after > 0 && <tr aria-hidden style={{ height: after }} />}
          </Table.Tbody>
        </Table>
      </section>
      <ShowMore pages={pages} />
    </>
  );
}

/** The title of a column that the list can be sorted by. */
function SortTitle({ title, sort }: { title: ReactNode; sort: Sort }) {
  const Icon = !sort.on ? IconArrowsSort : sort.descending ? IconSortDescending : IconSortAscending;
  return (
    <UnstyledButton className={classes.sort} data-on={sort.on || undefined} onClick={sort.toggle}>
      {title}
      <Icon size={14} aria-hidden />
    </UnstyledButton>
  );
}

interface LineProps<Row> {
  row: Row;
  index: number;
  columns: Column<Row>[];
  onOpen: ((row: Row) => void) | undefined;
  measure: (element: HTMLTableRowElement | null) => void;
}

/** A row. While the table scrolls, only rows that come into view are drawn. */
const Line = memo(function Line<Row>({ row, index, columns, onOpen, measure }: LineProps<Row>) {
  return (
    <Table.Tr
      ref={measure}
      tabIndex={-1}
      data-index={index}
      aria-rowindex={index + 2}
      className={classes.row}
      data-open={onOpen ? true : undefined}
      onClick={
        onOpen &&
        ((e) => {
          // Links, buttons and boxes in the row do their own thing; so does selecting text, and a dialog that the row opened.
          const at = e.target as HTMLElement;
          if (at.closest('a,button,input,label') || getSelection()?.toString()) return;
          if (!e.currentTarget.contains(at)) return;
          onOpen(row);
        })
      }
    >
      {columns.map((c) => (
        <Table.Td key={c.key} className={`${c.end ? classes.end : ''} ${c.wide ? classes.wide : ''}`}>
          {c.render(row)}
        </Table.Td>
      ))}
    </Table.Tr>
  );
}) as <Row>(props: LineProps<Row>) => ReactNode;
