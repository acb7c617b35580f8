import { i18n, type Messages } from '@lingui/core';
import { loadSaid } from './said';

/** Languages of the dashboard, each by its own name. */
export const LANGUAGES = { en: 'English', hi: 'हिन्दी' } as const;
export type Language = keyof typeof LANGUAGES;

const KEY = 'harkara.language';

/** The texts of the frame, and of each feature: `./shared/en.ts`, `../features/inbox/locales/en.ts`. */
const files = import.meta.glob<{ messages: Messages }>(['./shared/*.ts', '../features/*/locales/*.ts']);

/** Features whose parts stand on other features' pages. */
export const USES = {
  accounts: [],
  // Quiet hours are written as the hours of an automatic answer are.
  campaigns: ['messages', 'accounts'],
  developers: ['messages'],
  inbox: ['messages'],
  phone: [],
  // Writing to a person with a template is what the inbox does, and conditions are those of campaigns.
  profiles: ['messages', 'inbox', 'campaigns'],
  start: [],
  team: [],
  templates: [],
} as const satisfies Record<string, readonly string[]>;
export type Feature = keyof typeof USES;

/** Where the texts are of what is on the screen, or will be. */
const needed = new Set(['./shared']);
const loaded = new Set<string>();

/** Loads what is needed in a language; also what came to be needed meanwhile. */
async function load(language: Language): Promise<void> {
  for (;;) {
    const names = [...needed].map((folder) => `${folder}/${language}.ts`);
    const missing = names.filter((name) => !loaded.has(name));
    if (missing.length === 0) return;
    const all = await Promise.all(missing.map((name) => files[name]?.()));
    i18n.load(language, Object.assign({}, ...all.map((file) => file?.messages)));
    for (const name of missing) loaded.add(name);
  }
}

/** Loads code together with the texts of its feature, so that nothing is ever shown without its words. */
export function withTexts<T>(feature: Feature, code: () => Promise<T>): () => Promise<T> {
  return async () => {
    for (const name of [feature, ...USES[feature]]) needed.add(`../features/${name}/locales`);
    const [module] = await Promise.all([code(), load(i18n.locale as Language)]);
    return module;
  };
}

const known = (text: string | null | undefined): Language | undefined =>
  text && text in LANGUAGES ? (text as Language) : undefined;

/** The language chosen here before, or the first of the browser's that we speak. */
export function preferred(): Language {
  let kept: string | null = null;
  try {
    kept = localStorage.getItem(KEY);
  } catch {
    // Storage may be forbidden; the browser's language is used then.
  }
  return known(kept) ?? known(navigator.languages.map((l) => l.slice(0, 2)).find((l) => known(l))) ?? 'en';
}

/** The language as it is written where the browser is at home, such as `en-IN`: for times and numbers. */
export const regional = (language: string): string =>
  navigator.languages.find((tag) => tag.startsWith(`${language}-`)) ?? language;

/** Loads the texts of a language, and remembers the choice. */
export async function speak(language: Language): Promise<void> {
  // What the server says is not waited for: it is shown when it is there.
  void loadSaid(language);
  await load(language);
  i18n.activate(language);
  document.documentElement.lang = language;
  try {
    localStorage.setItem(KEY, language);
  } catch {
    // Not remembered, then.
  }
}
