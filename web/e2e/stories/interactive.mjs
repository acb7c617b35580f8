// How soon a page can be used: from the navigation until its heading is there and the main thread has come to rest.
// The aim is one second on loopback. It measures and judges nothing, so it is played only when it is asked for by name.
import { signIn } from '../lib.mjs';
import { binary } from '../server.mjs';

export const byHand = true;

const PAGES = ['/', '/inbox', '/campaigns', '/templates', '/profiles'];
const ROUNDS = 3;

export async function story({ server, context, page }) {
  await signIn(context, server.url);
  await context.addInitScript(() => {
    let heading;
    let busy = 0;
    new PerformanceObserver((list) => {
      for (const task of list.getEntries()) busy = Math.max(busy, task.startTime + task.duration);
    }).observe({ type: 'longtask', buffered: true });
    const seen = new MutationObserver(() => {
      if (!document.querySelector('h1')?.checkVisibility()) return;
      seen.disconnect();
      heading = performance.now();
    });
    seen.observe(document, { subtree: true, childList: true });
    /** The time when it could be used, once nothing has kept the main thread for half a second. */
    window.usable = async () => {
      for (;;) {
        await new Promise((done) => setTimeout(done, 50));
        const at = heading === undefined ? Number.POSITIVE_INFINITY : Math.max(heading, busy);
        if (performance.now() - at > 500) return { heading, usable: at };
      }
    };
  });
  const measure = async (path) => {
    await page.goto(server.url + path);
    return page.evaluate(() => window.usable());
  };
  const told = (name, { heading, usable }) =>
    `      ${name.padEnd(22)} heading ${heading.toFixed(0).padStart(5)} ms, usable ${usable.toFixed(0).padStart(5)} ms`;
  const lines = [told('/ (first visit)', await measure('/'))];
  for (const path of PAGES) {
    const runs = [];
    for (let round = 0; round < ROUNDS; round += 1) runs.push(await measure(path));
    const middle = runs.sort((a, b) => a.usable - b.usable)[Math.floor(ROUNDS / 2)];
    lines.push(told(path, middle));
  }
  const build = binary.includes('/release/') ? 'release' : 'debug';
  console.log(`      ${build} build of the server, middle of ${ROUNDS} visits:\n${lines.join('\n')}`);
}
