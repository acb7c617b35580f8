/** Writes into a field at the cursor as if it were typed, so that the browser's own undo takes it back. */
function type(field: HTMLTextAreaElement, text: string): void {
  field.focus();
  if (document.execCommand?.('insertText', false, text)) return;
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
