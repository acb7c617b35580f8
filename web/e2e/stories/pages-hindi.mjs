// Every page in Hindi, wide and at phone width.
import { PHONE, signIn, WIDE } from '../lib.mjs';
import { furnish, walk } from '../pages.mjs';

export const minutes = 6;

export async function story({ server, context, page }) {
  const api = await signIn(context, server.url);
  const it = await furnish(api, server);
  await context.addInitScript(() => localStorage.setItem('harkara.language', 'hi'));
  await walk({
    server,
    page,
    it,
    forms: [
      ['hindi', () => page.setViewportSize(WIDE)],
      ['hindi-phone', () => page.setViewportSize(PHONE), []],
    ],
  });
}
