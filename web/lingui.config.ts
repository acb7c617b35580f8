import type { LinguiConfig } from '@lingui/conf';
import { formatter } from '@lingui/format-po';

// One pair of catalogues a feature, so that people who work on different pages do not meet in one file.
const config: LinguiConfig = {
  sourceLocale: 'en',
  locales: ['en', 'hi'],
  format: formatter({ lineNumbers: false, origins: false }),
  catalogs: [
    { path: 'src/features/{name}/locales/{locale}', include: ['src/features/{name}'] },
    { path: 'src/i18n/shared/{locale}', include: ['src/app', 'src/ui', 'src/wa', 'src/live', 'src/api'] },
  ],
  catalogsMergePath: 'src/i18n/locales/{locale}',
  compileNamespace: 'ts',
};
export default config;
