/** Writes into a field at the cursor as if it were typed, so that the browser's own undo takes it back. */
function type(field: HTMLTextAreaElement, text: string): void {
  field.focus();
  const act = text === '' ? 'delete' : 'insertText';
  if (document.execCommand?.(act, false, text)) return;
  const { selectionStart: start, selectionEnd: end } = field;
  field.setRangeText(text, start, end, 'end');
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

/** Puts a mark on both sides of what is selected; with nothing selected the cursor stands between them. */
export function mark(field: HTMLTextAreaElement, sign: string): void {
  const { selectionStart: start, selectionEnd: end, value } = field;
  const chosen = value.slice(start, end);
  // Marks work only when they touch the words.
  const lead = /^\s*/.exec(chosen)?.[0] ?? '';
  const trail = chosen.length > lead.length ? (/\s*$/.exec(chosen)?.[0] ?? '') : '';
  const words = chosen.slice(lead.length, chosen.length - trail.length);
  type(field, `${lead}${sign}${words}${sign}${trail}`);
  const at = start + lead.length + sign.length;
  field.setSelectionRange(at, at + words.length);
}

/** Puts a text where the cursor is, in place of what is selected. */
export function put(field: HTMLTextAreaElement, text: string): void {
  type(field, text);
}

/** What stands before the lines of a list, a numbered list and a quote. */
export type Lines = 'list' | 'numbers' | 'quote';
const BEFORE: Record<Lines, RegExp> = { list: /^[-*] /, numbers: /^\d{1,3}\. /, quote: /^> ?/ };
const sign = (kind: Lines, n: number) => ({ list: '- ', numbers: `${n}. `, quote: '> ' })[kind];

/** These lines as a list, a numbered list or a quote; as plain lines when they are that already. */
export function lined(text: string, kind: Lines): string {
  const rows = text.split('\n');
  const are = (row: string) => row.trim() === '' || BEFORE[kind].test(row);
  if (text.trim() !== '' && rows.every(are))
    return rows.map((row) => row.replace(BEFORE[kind], '')).join('\n');
  let n = 0;
  return rows
    .map((row) => {
      if (row.trim() === '' && rows.length > 1) return row;
      n += 1;
      const plain = Object.values(BEFORE).reduce((rest, before) => rest.replace(before, ''), row);
      return sign(kind, n) + plain;
    })
    .join('\n');
}

/** Makes the lines that the selection touches a list, a numbered list or a quote, and back. */
export function markLines(field: HTMLTextAreaElement, kind: Lines): void {
  const { selectionStart, selectionEnd, value } = field;
  const start = value.lastIndexOf('\n', selectionStart - 1) + 1;
  const next = value.indexOf('\n', selectionEnd);
  const end = next < 0 ? value.length : next;
  const was = value.slice(start, end);
  const now = lined(was, kind);
  field.setSelectionRange(start, end);
  type(field, now);
  // One line: the cursor goes on in it; several stay selected.
  if (was.includes('\n')) field.setSelectionRange(start, start + now.length);
  else field.setSelectionRange(start + now.length, start + now.length);
}

const characters = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** As much of a text as `room` characters hold, counted as WhatsApp does; what people see as one is not cut in two. */
export function fitting(text: string, room: number): string {
  let used = 0;
  let fits = '';
  for (const { segment } of characters.segment(text)) {
    used += Array.from(segment).length;
    if (used > room) break;
    fits += segment;
  }
  return fits;
}
