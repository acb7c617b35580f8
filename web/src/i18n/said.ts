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
const LONG = 200;
/** Texts that are remembered at most: a page may stay open for days. */
const KEPT = 5_000;

const patternOf = ([english, translation]: [string, string]): Pattern => ({
  literals: english.split(/\{\w+\}/),
  holes: [...english.matchAll(HOLE)].map((hole) => hole[1] ?? ''),
  translation,
  said: new Set([...translation.matchAll(HOLE)].filter((hole) => hole[2]).map((hole) => hole[1] ?? '')),
});

/** What stands in the holes; nothing when the text does not fit. Each hole ends where the next literal first begins. */
function values({ literals, holes, said }: Pattern, text: string): Map<string, string> | undefined {
  const last = literals.at(-1) ?? '';
  const end = text.length - last.length;
  if (!text.startsWith(literals[0] ?? '') || !text.endsWith(last)) return;
  const found = new Map<string, string>();
  let at = 0;
  for (const [n, hole] of holes.entries()) {
    const [before = '', after = ''] = literals.slice(n, n + 2);
    at += before.length;
    const next = n + 1 < holes.length ? text.indexOf(after, at) : end;
    if (next < at || next > end) return;
    const value = text.slice(at, next);
    if (!said.has(hole) && !isValue(value, before, after)) return;
    found.set(hole, value);
    at = next;
  }
  return found;
}

/** Whether this can be a name or a number of the text around it, and not a part of what merely stands beside it. */
function isValue(value: string, before: string, after: string): boolean {
  const quote = /["']$/.exec(before)?.[0];
  if (quote && after.startsWith(quote)) return !value.includes(quote);
  if (after === '' && !before.endsWith(': ')) return !value.includes(' ');
  return !END.test(value);
}

/** A sentence of the server that a text is. */
interface Sentence {
  /** How much of the text it fixes. */
  weight: number;
  /** It ends with a hole, for all that follows. */
  open: boolean;
  say: () => string;
}

const weightOf = (pattern: Pattern) => pattern.literals.join('').length;

/** Makes what says the server's sentences in another language. */
export function speaker(texts: Readonly<Record<string, string>>): Say {
  const exact = new Map(Object.entries(texts));
  const patterns = Object.entries(texts)
    .map(patternOf)
    .filter((pattern) => pattern.holes.length > 0)
    .sort((a, b) => weightOf(b) - weightOf(a));
  const known = new Map<string, string | undefined>();

  function sentence(text: string): Sentence | undefined {
    const translation = exact.get(text);
    if (translation !== undefined) return { weight: text.length, open: false, say: () => translation };
    for (const pattern of patterns) {
      const found = values(pattern, text);
      if (!found) continue;
      const filled = (_: string, hole: string, inner?: string) => {
        const value = found.get(hole) ?? '';
        return inner ? nested(value) : value;
      };
      return {
        weight: weightOf(pattern),
        open: pattern.literals.at(-1) === '',
        say: () => pattern.translation.replace(HOLE, filled),
      };
    }
    return;
  }

  /** A sentence inside of another one, which may have lost its full stop there. */
  const nested = (text: string) => look(text) ?? look(`${text}.`)?.replace(/[.।]$/, '') ?? text;

  /**
   * Several sentences. Of those that begin at the same place the one that fixes most is meant; of two alike the shorter
   * one, if it does not take in all that follows.
   */
  function several(text: string): string | undefined {
    const parts = text.split(END);
    const out: string[] = [];
    let any = false;
    for (let from = 0; from < parts.length; ) {
      let best: Sentence | undefined;
      let end = from + 1;
      for (let to = parts.length; to > from; to -= 1) {
        const found = sentence(parts.slice(from, to).join(' '));
        if (!found || (best && found.weight < best.weight + Number(found.open))) continue;
        [best, end] = [found, to];
      }
      const part = parts[from] ?? '';
      const translation = best?.say() ?? beside(part);
      any ||= translation !== undefined;
      out.push(translation ?? part);
      from = end;
    }
    return any ? out.join(' ') : undefined;
  }

  /** Two parts that the server put side by side, both known; or one before a colon. */
  function beside(text: string): string | undefined {
    if (text.length > LONG) return;
    for (let at = text.lastIndexOf(' '); at > 0; at = text.lastIndexOf(' ', at - 1)) {
      const [left, right] = [text.slice(0, at), text.slice(at + 1)];
      if (left.endsWith(':')) {
        const before = sentence(left.slice(0, -1));
        if (before) return `${before.say()}: ${nested(right)}`;
      }
      const one = sentence(left);
      const two = one && sentence(right);
      if (two) return `${one.say()} ${two.say()}`;
    }
    return;
  }

  function look(text: string): string | undefined {
    if (known.size >= KEPT) known.clear();
    if (!known.has(text)) known.set(text, exact.get(text) ?? several(text));
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
