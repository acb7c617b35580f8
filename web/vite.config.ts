import { fileURLToPath } from 'node:url';
import { lingui } from '@lingui/vite-plugin';
import babel from '@rolldown/plugin-babel';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

const server = process.env.HARKARA_URL ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [react(), babel({ plugins: ['@lingui/babel-plugin-lingui-macro'] }), lingui()],
  resolve: { alias: { '~': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    manifest: true,
    // The budget is measured by scripts/budget.mjs.
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1000,
    // An inlined script or image would need a hole in the content security policy.
    assetsInlineLimit: 0,
  },
  server: { proxy: { '/api': server } },
  test: {
    environment: 'jsdom',
    setupFiles: ['src/test/setup.ts'],
    include: ['src/**/*.test.{ts,tsx}'],
    css: false,
    // A busy machine types slowly.
    testTimeout: 30_000,
  },
});
