import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Plugin } from 'vite';

/** What telephones of some years draw: a newer one is an empty box there. */
const NEWEST = 15;
const NAME = 'virtual:emoji/';

interface Entry {
  emoji: string;
  label: string;
  tags?: string[];
  hexcode: string;
  group?: number;
  order?: number;
  version: number;
}
interface Group {
  key: string;
  message: string;
  order: number;
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/**
 * `virtual:emoji/en`: the emoji of a language, of which the picker needs a tenth of what the package holds. They come from our own
 * origin, with the other files of the build.
 */
export function emojiData(): Plugin {
  const require = createRequire(import.meta.url);
  const read = <T>(path: string): T =>
    JSON.parse(readFileSync(require.resolve(`emojibase-data/${path}.json`), 'utf8'));
  const english = new Map(read<Entry[]>('en/data').map((entry) => [entry.hexcode, entry.label]));
  const load = (language: string) => {
    const groups = read<{ groups: Group[] }>(`${language}/messages`).groups.filter(
      ({ key }) => key !== 'component',
    );
    const shown = new Set(groups.map(({ order }) => order));
    const emojis = read<Entry[]>(`${language}/data`)
      .filter(({ group, version }) => group !== undefined && shown.has(group) && version <= NEWEST)
      .sort((a, b) => (a.order ?? 0) - (b.order ?? 0))
      .map(({ emoji, group, label, tags = [], hexcode }) => {
        // Whoever reads another language may still type the English word.
        const words = language === 'en' ? tags : [...tags, english.get(hexcode) ?? ''];
        return [emoji, group, label, words.join('|')];
      });
    return { emojis, groups: groups.map(({ order, message }) => [order, capital(message)]) };
  };
  return {
    name: 'emoji-data',
    resolveId: (id) => (id.startsWith(NAME) ? `\0${id}` : undefined),
    load(id) {
      if (!id.startsWith(`\0${NAME}`)) return undefined;
      const data = JSON.stringify(load(id.slice(NAME.length + 1)));
      return `export default JSON.parse(${JSON.stringify(data)})`;
    },
  };
}
