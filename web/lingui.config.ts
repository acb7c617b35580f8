import type { LinguiConfig } from '@lingui/conf';
import { formatter } from '@lingui/format-po';

// One pair of catalogues a feature, loaded with its pages (src/i18n).
const config: LinguiConfig = {
  sourceLocale: 'en',
  locales: ['en', 'hi'],
  format: formatter({ lineNumbers: false, origins: false }),
  catalogs: [
    { path: 'src/features/{name}/locales/{locale}', include: ['src/features/{name}'] },
    { path: 'src/i18n/shared/{locale}', include: ['src/app', 'src/ui', 'src/wa', 'src/live', 'src/api'] },
  ],
  compileNamespace: 'ts',
};
export default config;
