import { expect, test } from 'vitest';
import { type Feature, USES } from '.';

const sources = import.meta.glob<string>(
  ['../{app,features,ui,live,wa}/**/*.{ts,tsx}', '!**/*.test.*', '!**/locales/*'],
  {
    query: '?raw',
    import: 'default',
    eager: true,
  },
);
const featureOf = (path: string) => /features\/(\w+)\//.exec(path)?.[1];
const all = Object.entries(sources).map(([path, text]) => ({ path, text, feature: featureOf(path) }));

test('a feature that uses parts of another one loads its texts too', () => {
  for (const { path, text, feature } of all) {
    if (path.endsWith('app/router.tsx')) continue;
    for (const [, other] of text.matchAll(/from '~\/features\/(\w+)\//g)) {
      const uses: readonly string[] = feature ? (USES[feature as Feature] ?? []) : [];
      expect(other === feature || uses.includes(other ?? ''), `${path} uses ${other}`).toBe(true);
    }
  }
});

test('code that is loaded later comes with its texts', () => {
  let pages = 0;
  for (const { path, text, feature } of all) {
    for (const { 1: from, index } of text.matchAll(/import\('([^']+)'\)/g)) {
      const before = text.slice(Math.max(0, index - 60), index);
      const other = featureOf(`${from}/`) ?? (path.endsWith('/routes.tsx') ? feature : undefined);
      if (!other || (USES[feature as Feature] as readonly string[] | undefined)?.includes(other)) continue;
      expect(before, `${path} loads ${from}`).toContain(`withTexts('${other}', () =>`);
      pages += 1;
    }
  }
  expect(pages).toBeGreaterThan(25);
});
