// Runs the browser stories, two at a time, or those that are named, one after the other: `node e2e/run.mjs [NAME ...]`. Each
// has a server and a browser of its own. Each file in stories/ exports
// `options` for the server (optional) and `story({ server, context, page, api?, ... })`; one with `byHand` is played only when
// it is named.
import { readdirSync, rmSync } from 'node:fs';
import { openBrowser, openPage, picture, startServer } from './lib.mjs';

// The development server of one story looks for its settings there.
process.chdir(new URL('..', import.meta.url).pathname);
const folder = new URL('./stories/', import.meta.url);
const wanted = process.argv.slice(2);
const all = readdirSync(folder)
  .filter((file) => file.endsWith('.mjs'))
  .map((file) => file.slice(0, -4))
  .sort();
const read = (name) => import(new URL(`${name}.mjs`, folder).href);
const long = new Map();
for (const name of all) {
  const { byHand, minutes = 4 } = await read(name);
  if (wanted.length > 0 ? wanted.includes(name) : !byHand) long.set(name, minutes);
}
// The longest begin, so that none of them plays alone at the end.
const names = [...long.keys()].sort((a, b) => long.get(b) - long.get(a));
if (names.length === 0) {
  console.error(`error: no story of this name; there are: ${all.join(', ')}`);
  process.exit(2);
}
if (wanted.length === 0) rmSync(new URL('./out/', import.meta.url), { recursive: true, force: true });

/** Plays a story; answers whether it held. */
async function play(name) {
  const begun = Date.now();
  const { story, options, minutes = 4 } = await read(name);
  let held = true;
  let server;
  let browser;
  let opened;
  try {
    server = await startServer(options);
    if (options?.host) server.url = server.url.replace('127.0.0.1', options.host);
    browser = await openBrowser();
    opened = await openPage(browser.context, server.url);
    const limit = new Promise((_, no) =>
      setTimeout(
        () => no(new Error(`the story took more than ${minutes} minutes`)),
        minutes * 60_000,
      ).unref(),
    );
    await Promise.race([story({ server, context: browser.context, ...opened }), limit]);
    if (opened.wrong.length > 0) throw new Error(opened.wrong.join('\n'));
    console.log(`ok    ${name} (${((Date.now() - begun) / 1000).toFixed(1)} s)`);
  } catch (error) {
    held = false;
    console.log(`FAIL  ${name} (${((Date.now() - begun) / 1000).toFixed(1)} s)\n${error.stack ?? error}`);
    if (opened?.wrong.length) console.log(opened.wrong.join('\n'));
    if (opened) await picture(opened.page, `failed-${name}`).catch(() => {});
    if (server) console.log(server.said().split('\n').slice(-15).join('\n'));
  } finally {
    await browser?.close();
    await server?.stop();
  }
  return held;
}

const waiting = [...names];
const again = [];
async function playOn() {
  for (let name = waiting.shift(); name; name = waiting.shift()) {
    if (!(await play(name))) again.push(name);
  }
}
// Stories wait a good deal, for instance for the time to take something back.
await Promise.all(wanted.length > 0 ? [playOn()] : [playOn(), playOn()]);

// A busy machine may be too slow for a click: a second try, alone, is allowed, and the first failure stays printed.
let failed = 0;
for (const name of again) {
  if (!(await play(name))) failed += 1;
}
console.log(`\nstories: ${names.length - failed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
