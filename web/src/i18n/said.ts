import { i18n } from '@lingui/core';
import { useLingui } from '@lingui/react';

/**
 * What the server says is English: the API is for programs too. Whoever shows it to a person passes it through `said`,
 * which knows the server's sentences in the language of the page. Names and texts of people never go through it.
 */
type Say = (text: string) => string;

/** An English sentence with holes, cut at them: `literals` has one more than there are `holes`. */
interface Pattern {
  literals: readonly string[];
  holes: readonly string[];
  translation: string;
  /** Holes whose value is a sentence or a word of the server. */
  said: ReadonlySet<string>;
}

const HOLE = /\{(\w+)(\|said)?\}/g;
/** After the end of a sentence. */
const END = /(?<=[.?!]) /;
/** Longer texts are not looked at for two parts that stand side by side. */
const LONG = 300;

const patternOf = ([english, translation]: [string, string]): Pattern => ({
  literals: english.split(/\{\w+\}/),
  holes: [...english.matchAll(HOLE)].map((hole) => hole[1] ?? ''),
  translation,
  said: new Set([...translation.matchAll(HOLE)].filter((hole) => hole[2]).map((hole) => hole[1] ?? '')),
});

/** What stands in the holes; nothing when the text does not fit. Each hole ends where the next literal first begins. */
function values({ literals, holes, said }: Pattern, text: string): Map<string, string> | undefined {
  const first = literals[0] ?? '';
  const end = text.length - (literals.at(-1) ?? '').length;
  if (!text.startsWith(first) || !text.endsWith(literals.at(-1) ?? '')) return;
  const found = new Map<string, string>();
  let at = first.length;
  for (const [n, hole] of holes.entries()) {
    const literal = n + 1 < holes.length ? (literals[n + 1] ?? '') : '';
    const next = literal ? text.indexOf(literal, at) : end;
    if (next < at || next + literal.length > end) return;
    const value = text.slice(at, next);
    // A name or a number holds no whole sentence: that would be another one, which only stands beside this one.
    if (!said.has(hole) && END.test(value)) return;
    found.set(hole, value);
    at = next + literal.length;
  }
  return found;
}

/** Makes what says the server's sentences in another language. */
export function speaker(texts: Readonly<Record<string, string>>): Say {
  const exact = new Map(Object.entries(texts));
  const weight = (pattern: Pattern) => pattern.literals.join('').length;
  const patterns = Object.entries(texts)
    .map(patternOf)
    .filter((pattern) => pattern.holes.length > 0)
    .sort((a, b) => weight(b) - weight(a));
  const known = new Map<string, string | undefined>();

  /** A sentence of the server, whole. */
  function whole(text: string): string | undefined {
    const translation = exact.get(text);
    if (translation !== undefined) return translation;
    for (const pattern of patterns) {
      const found = values(pattern, text);
      if (found)
        return pattern.translation.replace(HOLE, (_, hole: string, inner?: string) => {
          const value = found.get(hole) ?? '';
          return inner ? nested(value) : value;
        });
    }
    return;
  }

  /** A sentence inside of another one, which may have lost its full stop there. */
  const nested = (text: string) => look(text) ?? look(`${text}.`)?.replace(/[.।]$/, '') ?? text;

  /** Several sentences: the longest runs that are known, the others as they are. */
  function several(text: string): string | undefined {
    const parts = text.split(END);
    if (parts.length === 1) return;
    const out: string[] = [];
    let any = false;
    for (let from = 0, to = 0; from < parts.length; from = to) {
      let translation: string | undefined;
      for (to = parts.length; to > from; to -= 1) {
        translation = whole(parts.slice(from, to).join(' '));
        if (translation !== undefined) break;
      }
      to = Math.max(to, from + 1);
      const part = parts[from] ?? '';
      translation ??= beside(part);
      any ||= translation !== undefined;
      out.push(translation ?? part);
    }
    return any ? out.join(' ') : undefined;
  }

  /** Two parts that the server put side by side, both known; or one before a colon. */
  function beside(text: string): string | undefined {
    if (text.length > LONG) return;
    for (let at = text.lastIndexOf(' '); at > 0; at = text.lastIndexOf(' ', at - 1)) {
      const [left, right] = [text.slice(0, at), text.slice(at + 1)];
      if (left.endsWith(':')) {
        const before = whole(left.slice(0, -1));
        if (before !== undefined) return `${before}: ${nested(right)}`;
      }
      const [one, two] = [whole(left), whole(right)];
      if (one !== undefined && two !== undefined) return `${one} ${two}`;
    }
    return;
  }

  function look(text: string): string | undefined {
    if (!known.has(text)) known.set(text, whole(text) ?? several(text) ?? beside(text));
    return known.get(text);
  }
  return (text) => look(text) ?? text;
}

const asked = new Map<string, Promise<void>>();
const speakers = new Map<string, Say>();

/** Loads what the server says in a language; without it, or when that fails, its English is shown. */
export function loadSaid(language: string): Promise<void> {
  if (language === 'en') return Promise.resolve();
  const before = asked.get(language);
  if (before) return before;
  const loading = fetch(`/api/v1/texts/${language}`)
    .then(async (response) => {
      if (!response.ok) throw new Error(response.statusText);
      speakers.set(language, speaker((await response.json()).texts));
      // Tells everybody who shows a text to show it anew.
      i18n.load(language, {});
    })
    .catch(() => {
      // Asked for again with the next problem.
      asked.delete(language);
    });
  asked.set(language, loading);
  return loading;
}

/** A sentence of the server in the language of the page. */
export const said = (text: string): string => speakers.get(i18n.locale)?.(text) ?? text;

/** The same for what is on the page: it is shown anew when the language changes. */
export function useSaid(): Say {
  useLingui();
  return said;
}
