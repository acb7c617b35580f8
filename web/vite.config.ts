import { fileURLToPath } from 'node:url';
import { lingui } from '@lingui/vite-plugin';
import babel from '@rolldown/plugin-babel';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { emojiData } from './emojiData.ts';

const server = process.env.HARKARA_URL ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [react(), babel({ plugins: ['@lingui/babel-plugin-lingui-macro'] }), lingui(), emojiData()],
  resolve: { alias: { '~': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    manifest: true,
    // The budget is measured by scripts/budget.mjs.
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1000,
    // An inlined script or image would need a hole in the content security policy.
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        codeSplitting: {
          // A first visit asked for 80 small files, six at a time. What is loaded before anything is seen is one file, and what
          // many pages share is a few: less to load in sum as well, because it packs better.
          groups: [
            { name: 'first', tags: ['$initial'], priority: 2 },
            {
              name: 'icons',
              test: /tabler/,
              minShareCount: 2,
              includeDependenciesRecursively: false,
              priority: 1,
            },
            { name: 'kit', test: /node_modules/, minShareCount: 20, includeDependenciesRecursively: false },
            {
              name: 'shared',
              test: /src.(ui|api|app|live|i18n)./,
              minShareCount: 10,
              includeDependenciesRecursively: false,
            },
          ],
        },
      },
    },
  },
  server: { proxy: { '/api': server, '/files': server } },
  test: {
    environment: 'jsdom',
    setupFiles: ['src/test/setup.ts'],
    include: ['src/**/*.test.{ts,tsx}'],
    css: false,
    // A busy machine types slowly.
    testTimeout: 30_000,
  },
});
