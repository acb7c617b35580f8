import { type RefObject, useEffect, useEffectEvent, useRef } from 'react';
import { isShortcut, useShortcutsOn } from '~/app/shortcuts';

interface Place {
  key: string;
  /** Where it was seen last: what is there goes on when the row itself is gone. */
  index: number;
}

interface Options {
  /** The region that holds the rows, each with `data-index`. */
  region: RefObject<HTMLElement | null>;
  count: number;
  keyOf: (index: number) => string | number;
  /** Brings a row into the document and into view. */
  show: (index: number) => void;
  open: ((index: number) => void) | undefined;
}

/** Pictures until a row that was scrolled to is in the document, at most. */
const PATIENCE = 10;

/**
 * Rows by keyboard: `j`, `k` or arrows move, Enter opens, `x` chooses. The cursor is the focus, and stays with its row when the
 * list is ordered anew. Letters can be turned off; arrows and Enter act within the table only.
 */
export function useRowKeys({ region, count, keyOf, show, open }: Options) {
  const [letters] = useShortcutsOn();
  const place = useRef<Place>(undefined);

  const indexNow = (): number | undefined => {
    if (!place.current) return undefined;
    const { key, index } = place.current;
    if (index < count && keyOf(index) === key) return index;
    for (let n = 0; n < count; n++) if (keyOf(n) === key) return n;
    return undefined;
  };
  const lineOf = (index: number) => region.current?.querySelector<HTMLElement>(`tr[data-index="${index}"]`);

  const focus = (index: number, patience = PATIENCE) => {
    const line = lineOf(index);
    if (line) line.focus({ preventScroll: true });
    else if (patience > 0) requestAnimationFrame(() => focus(index, patience - 1));
  };

  const step = (by: number) => {
    if (count === 0) return;
    const at = indexNow();
    // A row that is gone leaves its place to the one that moved up.
    const from = at ?? (place.current ? place.current.index - (by > 0 ? 1 : 0) : -1);
    const next = Math.min(count - 1, Math.max(0, from + by));
    place.current = { key: String(keyOf(next)), index: next };
    show(next);
    focus(next);
  };

  /** The keys of the page go to the table with the focus, else to the first one. */
  const isMine = () => {
    const tables = [...document.querySelectorAll('[data-rows]')];
    const holds = tables.find((table) => table.contains(document.activeElement));
    return (holds ?? tables[0]) === region.current;
  };

  const press = useEffectEvent((event: KeyboardEvent) => {
    if (!isShortcut(event) || event.shiftKey || !region.current) return;
    const within = region.current.contains(document.activeElement);
    const onRow = event.target instanceof HTMLTableRowElement && within;
    if (within && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
      event.preventDefault();
      step(event.key === 'ArrowDown' ? 1 : -1);
    } else if (onRow && event.key === 'Enter') {
      const at = indexNow();
      if (at === undefined || !open) return;
      event.preventDefault();
      open(at);
    } else if (letters && isMine()) {
      if (event.key === 'j' || event.key === 'k') {
        event.preventDefault();
        step(event.key === 'j' ? 1 : -1);
      } else if (event.key === 'x') {
        const at = indexNow();
        const box = at !== undefined && lineOf(at)?.querySelector<HTMLInputElement>('input[type=checkbox]');
        if (!box) return;
        event.preventDefault();
        box.click();
      }
    }
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => press(event);
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, []);

  /** Keys go on from the row that holds the focus. */
  return (target: EventTarget) => {
    const line = target instanceof Element ? target.closest<HTMLElement>('tr[data-index]') : null;
    const index = Number(line?.dataset.index);
    if (line && index < count) place.current = { key: String(keyOf(index)), index };
  };
}
