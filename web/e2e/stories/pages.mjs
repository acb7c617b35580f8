// Every page at phone width, wide, in dark and from right to left: its picture, whether it fits, and what axe finds.
import { PHONE, signIn, WIDE } from '../lib.mjs';
import { furnish, walk } from '../pages.mjs';

export const minutes = 8;

const direction = (page, dir) => page.evaluate((d) => document.documentElement.setAttribute('dir', d), dir);

export async function story({ server, context, page }) {
  const api = await signIn(context, server.url);
  const it = await furnish(api, server);
  await walk({
    server,
    page,
    it,
    forms: [
      [
        'phone',
        async () => {
          await page.emulateMedia({ colorScheme: 'light' });
          await page.setViewportSize(PHONE);
        },
      ],
      ['light', () => page.setViewportSize(WIDE)],
      // Only colours have changed, and then only sides.
      ['dark', () => page.emulateMedia({ colorScheme: 'dark' }), ['color-contrast']],
      [
        'rtl',
        async () => {
          await page.emulateMedia({ colorScheme: 'light' });
          await direction(page, 'rtl');
        },
        [],
      ],
    ],
  });
}
