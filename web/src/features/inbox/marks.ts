/** A text with WhatsApp's mark put around what is selected, or taken away when it is there; and the new selection. */
export function marked(
  text: string,
  from: number,
  to: number,
  mark: '*' | '_',
): { text: string; from: number; to: number } {
  const inner = text.slice(from, to);
  if (text[from - 1] === mark && text[to] === mark) {
    return { text: text.slice(0, from - 1) + inner + text.slice(to + 1), from: from - 1, to: to - 1 };
  }
  return { text: text.slice(0, from) + mark + inner + mark + text.slice(to), from: from + 1, to: to + 1 };
}
