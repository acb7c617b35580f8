/** A piece of a line. */
export type Inline =
  | { type: 'text'; text: string }
  | { type: 'bold' | 'italic' | 'strike'; children: Inline[] }
  | { type: 'code' | 'mono'; text: string }
  | { type: 'link'; text: string; href: string }
  | { type: 'variable'; name: string };

/** A piece of a message. */
export type Block =
  | { type: 'lines'; lines: Inline[][] }
  | { type: 'quote'; lines: Inline[][] }
  | { type: 'list'; items: Inline[][] }
  | { type: 'numbered'; start: number; items: Inline[][] };

type Mark = '*' | '_' | '~';
const MARKS = { '*': 'bold', _: 'italic', '~': 'strike' } as const;
/** Letters of any script, with their vowel signs, and digits; `_` is a mark and not a letter here. */
const WORD = /[\p{L}\p{M}\p{N}]/u;
const SPACE = /\s/;
const VARIABLE = /^\{\{([a-z0-9_]+)\}\}/;
const LINK = /^(?:https?:\/\/|www\.)[^\s<>"'`{}|\\^]+(?:\{\{[a-z0-9_]+\}\})?/i;
const FENCE = '```';

/** The whole character before or after a place: a letter may take two code units. */
const before = (text: string, at: number) => {
  const unit = text.charCodeAt(at - 1);
  return unit >= 0xdc00 && unit <= 0xdfff ? text.slice(Math.max(0, at - 2), at) : text.slice(at - 1, at);
};
const after = (text: string, at: number) => {
  const point = text.codePointAt(at);
  return point === undefined ? '' : String.fromCodePoint(point);
};

/** WhatsApp's text as a tree. Marks that make nothing stay what they are, and nothing ever throws. */
export function parse(text: string): Block[] {
  const blocks: Block[] = [];
  for (const line of logicalLines(text.replaceAll('\r\n', '\n'))) {
    const last = blocks.at(-1);
    const quote = /^> (?=\S)(.*)$/su.exec(line);
    const bullet = /^[*-] (?=\S)(.*)$/su.exec(line);
    const numbered = /^(\d{1,3})\. (?=\S)(.*)$/su.exec(line);
    if (quote) {
      const inline = parseLine(quote[1] ?? '');
      if (last?.type === 'quote') last.lines.push(inline);
      else blocks.push({ type: 'quote', lines: [inline] });
    } else if (bullet) {
      const inline = parseLine(bullet[1] ?? '');
      if (last?.type === 'list') last.items.push(inline);
      else blocks.push({ type: 'list', items: [inline] });
    } else if (numbered) {
      const inline = parseLine(numbered[2] ?? '');
      if (last?.type === 'numbered') last.items.push(inline);
      else blocks.push({ type: 'numbered', start: Number(numbered[1]), items: [inline] });
    } else {
      const inline = parseLine(line);
      if (last?.type === 'lines') last.lines.push(inline);
      else blocks.push({ type: 'lines', lines: [inline] });
    }
  }
  return blocks;
}

/** Lines; what stands between two fences is one line, whatever is in it. */
function logicalLines(text: string): string[] {
  const lines: string[] = [];
  let start = 0;
  let at = 0;
  while (at < text.length) {
    if (text.startsWith(FENCE, at)) {
      const end = fenceEnd(text, at);
      at = end ?? at + FENCE.length;
    } else if (text[at] === '\n') {
      lines.push(text.slice(start, at));
      at += 1;
      start = at;
    } else at += 1;
  }
  lines.push(text.slice(start));
  return lines;
}

/** Where fenced text that begins at `at` ends, behind its second fence. */
function fenceEnd(text: string, at: number): number | undefined {
  const close = text.indexOf(FENCE, at + FENCE.length);
  if (close < 0 || text.slice(at + FENCE.length, close).trim() === '') return undefined;
  return close + FENCE.length;
}

/** What stands at a place and is not looked into for marks: its node and its length. */
function solid(text: string, at: number): { node: Inline; length: number } | undefined {
  const char = text[at];
  if (char === '`') {
    const end = text.startsWith(FENCE, at) ? fenceEnd(text, at) : undefined;
    if (end !== undefined) {
      const inner = text.slice(at + FENCE.length, end - FENCE.length).replace(/^\n|\n$/g, '');
      return { node: { type: 'mono', text: inner }, length: end - at };
    }
    const close = text.indexOf('`', at + 1);
    const inner = text.slice(at + 1, close);
    if (close < 0 || inner.trim() === '' || inner.includes('\n')) return undefined;
    return { node: { type: 'code', text: inner }, length: close + 1 - at };
  }
  if (char === '{') {
    const found = VARIABLE.exec(text.slice(at, at + 80));
    if (found?.[1]) return { node: { type: 'variable', name: found[1] }, length: found[0].length };
  }
  if ((char === 'h' || char === 'H' || char === 'w' || char === 'W') && !WORD.test(before(text, at))) {
    const found = LINK.exec(text.slice(at))?.[0].replace(/[.,;:!?)\]*_~]+$/, '');
    if (found && found.length > 8) {
      const href = /^www\./i.test(found) ? `https://${found}` : found;
      return { node: { type: 'link', text: found, href }, length: found.length };
    }
  }
  return undefined;
}

/** Where the mark that opens at `at` closes. */
function closing(text: string, at: number, mark: Mark): number | undefined {
  const next = after(text, at + 1);
  // `**` is not an opening mark, so that `**x**` is a bold x between stars.
  if (next === '' || next === mark || SPACE.test(next) || WORD.test(before(text, at))) return undefined;
  let here = at + 1;
  while (here < text.length) {
    if (text[here] === mark) {
      if (here > at + 1 && !SPACE.test(before(text, here)) && !WORD.test(after(text, here + 1))) return here;
      here += 1;
    } else if (text[here] === '\n') return undefined;
    else here += solid(text, here)?.length ?? 1;
  }
  return undefined;
}

function parseLine(text: string, inside: readonly Mark[] = []): Inline[] {
  const out: Inline[] = [];
  let plain = '';
  const flush = () => {
    if (plain !== '') out.push({ type: 'text', text: plain });
    plain = '';
  };
  let at = 0;
  while (at < text.length) {
    const whole = solid(text, at);
    if (whole) {
      flush();
      out.push(whole.node);
      at += whole.length;
      continue;
    }
    const char = text[at] as Mark;
    if (char in MARKS && !inside.includes(char)) {
      const close = closing(text, at, char);
      if (close !== undefined) {
        flush();
        const children = parseLine(text.slice(at + 1, close), [...inside, char]);
        out.push({ type: MARKS[char], children });
        at = close + 1;
        continue;
      }
    }
    plain += char;
    at += 1;
  }
  flush();
  return out;
}

function inlineText(nodes: readonly Inline[]): string {
  return nodes
    .map((node) => {
      if (node.type === 'variable') return `{{${node.name}}}`;
      return 'children' in node ? inlineText(node.children) : node.text;
    })
    .join('');
}

/** The text without its marks, on one line: for lists and for what is read aloud. */
export function plain(text: string): string {
  const lines = parse(text).flatMap((block) => ('lines' in block ? block.lines : block.items));
  return lines.map(inlineText).join(' ').replace(/\s+/g, ' ').trim();
}

/** The names of the placeholders of a text, each once: numbered ones by number, then the others as they stand. */
export function variables(text: string): string[] {
  const names = [...new Set([...text.matchAll(/\{\{([a-z0-9_]+)\}\}/g)].map((m) => m[1] ?? ''))];
  const rank = (name: string) => (/^[1-9]\d*$/.test(name) ? Number(name) : Number.MAX_SAFE_INTEGER);
  return names.sort((a, b) => rank(a) - rank(b));
}

/** The text with its placeholders replaced, in one pass; those without a value stay. */
export function fillIn(text: string, values: Readonly<Record<string, string | undefined>>): string {
  return text.replace(/\{\{([a-z0-9_]+)\}\}/g, (whole, name: string) => values[name] || whole);
}
