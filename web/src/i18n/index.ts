import { i18n, type Messages } from '@lingui/core';
import dayjs from 'dayjs';

/** Languages of the dashboard, each by its own name. */
export const LANGUAGES = { en: 'English', hi: 'हिन्दी' } as const;
export type Language = keyof typeof LANGUAGES;

const KEY = 'harkara.language';

const catalogues: Record<Language, () => Promise<{ messages: Messages }>> = {
  en: () => import('./locales/en'),
  hi: () => import('./locales/hi'),
};

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

/** Loads the texts of a language, and remembers the choice. */
export async function speak(language: Language): Promise<void> {
  const { messages } = await catalogues[language]();
  if (language === 'hi') await import('dayjs/locale/hi');
  dayjs.locale(language);
  i18n.loadAndActivate({ locale: language, messages });
  document.documentElement.lang = language;
  try {
    localStorage.setItem(KEY, language);
  } catch {
    // Not remembered, then.
  }
}
