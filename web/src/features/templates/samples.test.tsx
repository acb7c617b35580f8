import { readFileSync } from 'node:fs';
import { i18n } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { renderHook } from '@testing-library/react';
import type { ReactNode } from 'react';
import { describe, expect, it } from 'vitest';
import { fromTemplate, valuesOf } from '~/wa/convert';
import { variables } from '~/wa/parse';
import { contentOf, formOf, mappingOf } from './form';
import type { Carrier } from './queries';
import { useLocalRules } from './rules';
import { SAMPLE_LANGUAGES, SAMPLE_NAMES, type SampleLanguage, sampleOf } from './samples';
import { WORDS } from './sampleWords';

const wrapper = ({ children }: { children: ReactNode }) => (
  <I18nProvider i18n={i18n}>{children}</I18nProvider>
);
const everything = { account: { id: 'acc_1' }, provider: 'P', can: () => true } as unknown as Carrier;
const now = new Date(2026, 10, 26, 9, 30);
const languages = Object.keys(SAMPLE_LANGUAGES) as SampleLanguage[];
const all = SAMPLE_NAMES.flatMap((name) =>
  languages.map((language) => ({ name, language, sample: sampleOf(name, language, 'acc_1', now) })),
);
const optOut = /^opt_out_words = (\[.*\])$/m.exec(
  readFileSync('../crates/server/src/config/default.toml', 'utf8'),
);
const endsPromotions: string[] = JSON.parse(optOut?.[1] ?? '[]');

describe.each(all)('the sample $name ($language)', ({ name, language, sample }) => {
  it('breaks none of the rules that are checked while writing', () => {
    const { result } = renderHook(() => useLocalRules(), { wrapper });
    expect(result.current(formOf(sample), everything)).toEqual([]);
  });

  it('is the same once it went through the form', () => {
    const form = formOf(sample);
    expect(contentOf(form)).toEqual(sample.content);
    expect({ buttons: {}, ...mappingOf(form) }).toEqual(sample.mapping);
  });

  it('leaves nothing open: a value for each placeholder, a text for each button', () => {
    const { content, mapping } = sample;
    expect(variables(content.body)).toHaveLength(WORDS[name][language].values.length);
    expect(mapping.body).toHaveLength(variables(content.body).length);
    expect(JSON.stringify(fromTemplate(content, valuesOf(content, mapping)))).not.toContain('{{');
    for (const button of content.buttons ?? []) expect(button.text === '').toBe(button.type === 'copy_code');
  });

  it('tells how to end promotions, in words that the server knows', () => {
    if (sample.category !== 'marketing') return;
    const { body, footer, buttons = [] } = sample.content;
    const said = `${body} ${footer ?? ''}`.toLowerCase();
    const told = /reply (stop)|"(रोकें)"/.exec(said);
    const words = [told?.[1] ?? told?.[2] ?? '', ...(buttons ?? []).map(({ text }) => text.toLowerCase())];
    expect(words.filter((word) => endsPromotions.includes(word))).toHaveLength(1);
  });
});

it('an offer ends a week later, in the evening', () => {
  const ends = sampleOf('limited_offer', 'en', 'acc_1', now).mapping.offer_ends;
  expect(ends).toEqual({ from: 'text', text: new Date(2026, 11, 3, 18).toISOString() });
});
