// The kit of parts, from the sources as in development: each part in all its states, in four forms; a production build has
// no such page.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'vite';
import { accessible, fits, openPage, PHONE, picture, WIDE } from '../lib.mjs';

export const options = { demo: false };
// The sources are translated as they are asked for.
export const minutes = 6;

export async function story({ server, context, page, wrong }) {
  await page.goto(`${server.url}/_kit`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  assert.equal(await page.getByRole('heading', { name: 'Kit' }).count(), 0, 'it is in a production build');

  const cacheDir = mkdtempSync(join(tmpdir(), 'harkara-vite-'));
  process.env.HARKARA_URL = server.url;
  const vite = await createServer({
    root: new URL('../../', import.meta.url).pathname,
    cacheDir,
    logLevel: 'error',
    server: { host: '127.0.0.1', hmr: false, watch: null },
  });
  try {
    await vite.listen(0);
    const url = `http://127.0.0.1:${vite.httpServer.address().port}`;
    const opened = await openPage(context, url);
    await kit(opened.page, url);
    wrong.push(...opened.wrong);
  } finally {
    await vite.close();
    rmSync(cacheDir, { recursive: true, force: true });
  }
}

async function kit(page, url) {
  page.setDefaultTimeout(90_000);
  await page.goto(`${url}/_kit`);
  await page.getByRole('heading', { level: 1, name: 'Kit' }).waitFor();
  await page.getByRole('region', { name: 'WaBubble' }).waitFor();
  const choose = (group, name) =>
    page.getByRole('radiogroup', { name: group }).getByText(name, { exact: true }).click();
  for (const [form, colours, direction, viewport] of [
    ['light', 'light', 'ltr', WIDE],
    ['dark', 'dark', 'ltr', WIDE],
    ['rtl', 'light', 'rtl', WIDE],
    ['narrow', 'light', 'ltr', PHONE],
  ]) {
    await page.setViewportSize(viewport);
    await choose('Colours', colours);
    await choose('Direction', direction);
    await accessible(page, `kit (${form})`);
    await fits(page, `kit (${form})`);
    await picture(page, `kit-${form}`);
  }
  await page.setViewportSize(WIDE);
  for (const name of ['A question', 'A dangerous one, which is refused', 'Send a test']) {
    await page.getByRole('button', { name }).click();
    await page.getByRole('dialog').waitFor();
    await accessible(page, `kit, ${name}`);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
  }
  await page.getByRole('button', { name: 'Done, with a way back' }).click();
  await page.getByRole('button', { name: 'Failed' }).click();
  await page.getByRole('alert').filter({ hasText: 'The view is deleted.' }).waitFor();
  await accessible(page, 'kit, toasts');
}
