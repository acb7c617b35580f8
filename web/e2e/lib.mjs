// What stories use: a browser, a signed-in owner, pictures, and the checks that end every story.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import axe from 'axe-core';
import { chromium } from 'playwright-core';

export { startProvider, startServer } from './server.mjs';

const out = new URL('./out/', import.meta.url).pathname;
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
export const OWNER = {
  email: 'owner@example.com',
  name: 'Meera Owner',
  password: 'a long practice password',
};
export const WIDE = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };

/** Leads to this machine, over plain HTTP as in a shop's own network. */
export const PLAIN_HOST = 'harkara.test';

/** Opens Chromium with a new profile. */
export async function openBrowser() {
  const profile = mkdtempSync(join(tmpdir(), 'harkara-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    viewport: WIDE,
    reducedMotion: 'reduce',
    locale: 'en-GB',
    timezoneId: 'Asia/Kolkata',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      // A name that is not this machine's own: what browsers keep for safe places is not there.
      `--host-resolver-rules=MAP ${PLAIN_HOST} 127.0.0.1`,
    ],
  });
  context.setDefaultTimeout(15_000);
  return {
    context,
    close: async () => {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

/** A page that notes what must not happen: errors on the console, requests that leave our server. */
export async function openPage(context, url) {
  const page = context.pages().find((p) => p.url() === 'about:blank') ?? (await context.newPage());
  const wrong = [];
  /** Console errors that a story provokes on purpose, such as a refused request. */
  const expected = [];
  page.on('console', (message) => {
    if (message.type() !== 'error') return;
    const text = `${message.text()} ${message.location().url}`;
    if (!expected.some((pattern) => pattern.test(text))) wrong.push(`console: ${text}`);
  });
  page.on('pageerror', (error) => wrong.push(`page error: ${error.stack ?? error.message}`));
  page.on('request', (request) => {
    const to = request.url();
    if (!to.startsWith(url) && !/^(data|blob|about|chrome-error):/.test(to))
      wrong.push(`left our server: ${to}`);
  });
  return { page, wrong, expect: (pattern) => expected.push(pattern) };
}

/** The API with the session of a page's browser. */
export function apiOf(context, url) {
  const call = async (method, path, data) => {
    const response = await context.request.fetch(`${url}/api/v1${path}`, {
      method,
      headers: { 'x-harkara': '1', 'content-type': 'application/json' },
      data: data === undefined ? undefined : JSON.stringify(data),
    });
    const text = await response.text();
    return { status: response.status(), body: text ? JSON.parse(text) : undefined };
  };
  return {
    get: (path) => call('GET', path),
    post: (path, data) => call('POST', path, data ?? {}),
    put: (path, data) => call('PUT', path, data),
    patch: (path, data) => call('PATCH', path, data),
    delete: (path) => call('DELETE', path),
  };
}

/** Makes the owner over the API, which signs this browser in. */
export async function signIn(context, url, who = OWNER) {
  const api = apiOf(context, url);
  const made = await api.post('/owner', who);
  if (made.status === 409) {
    const signed = await api.post('/session', { email: who.email, password: who.password });
    assert.equal(signed.status, 200, JSON.stringify(signed.body));
  } else {
    assert.equal(made.status, 201, JSON.stringify(made.body));
  }
  return api;
}

/** A picture among the build's artefacts. */
export async function picture(page, name) {
  mkdirSync(out, { recursive: true });
  await page.screenshot({ path: join(out, `${name}.png`), animations: 'disabled' });
}

/** Fails on what axe finds against WCAG 2.2 AA, or by some rules alone. */
export async function accessible(page, where, rules = TAGS) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source);
  await arrived(page);
  const violations = await page.evaluate(
    async (runOnly) => (await window.axe.run({ runOnly, resultTypes: ['violations'] })).violations,
    rules,
  );
  const told = violations.map(
    (v) =>
      `${v.id}: ${v.help}\n    ${v.nodes
        .slice(0, 4)
        .map((n) => `${n.target.join(' ')} - ${n.failureSummary?.split('\n')[1]?.trim()}`)
        .join('\n    ')}`,
  );
  assert.equal(violations.length, 0, `axe on ${where}:\n  ${told.join('\n  ')}`);
}

/** No element of the page may need sideways scrolling of the whole page. */
export async function fits(page, where) {
  const { over, who } = await page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    const wide = [...document.body.querySelectorAll('*')].filter(
      (e) => e.getBoundingClientRect().right > width + 1,
    );
    return {
      over: document.documentElement.scrollWidth - width,
      who: wide.slice(0, 6).map((e) => `${e.tagName.toLowerCase()}.${String(e.className).slice(0, 80)}`),
    };
  });
  assert.ok(over <= 1, `${where} is ${over}px wider than the window: ${who.join(' | ')}`);
}

/** Tries until `check` gives something true; for what the server does in its own time. */
export async function until(what, check, seconds = 20) {
  const end = Date.now() + seconds * 1000;
  let last;
  while (Date.now() < end) {
    try {
      last = await check();
      if (last) return last;
    } catch (error) {
      last = error;
    }
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`${what} did not come true within ${seconds} s; last: ${last}`);
}

/** The size of the window and its colours, and waits until the page has both. */
export async function dress(page, viewport, colorScheme) {
  await page.setViewportSize(viewport);
  await page.emulateMedia({ colorScheme });
  // The page learns of it by an event, a moment later.
  await page.waitForFunction(
    (wanted) => document.documentElement.dataset.mantineColorScheme === wanted,
    colorScheme,
  );
  await arrived(page);
}

/**
 * Waits for colours on their way from one form to the other, which are those of neither. A change sets out with the next frame,
 * and one that is inherited when its parent's has arrived.
 */
async function arrived(page) {
  await page.evaluate(async () => {
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    const moving = () => document.getAnimations().filter((one) => one instanceof CSSTransition);
    // What follows a campaign that runs may never rest.
    for (let still = 0, looks = 0; still < 2 && looks < 50; still += 1, looks += 1) {
      await frame();
      const left = moving();
      if (left.length > 0) still = -1;
      await Promise.allSettled(left.map(({ finished }) => finished));
    }
  });
}

/** The same state for people who have it light, dark, or on a phone: pictures of this name, and the checks of each. */
export async function looks(page, name) {
  for (const [suffix, viewport, colorScheme] of [
    ['light', WIDE, 'light'],
    ['dark', WIDE, 'dark'],
    ['phone', PHONE, 'light'],
  ]) {
    await dress(page, viewport, colorScheme);
    // How a narrow window looks to axe is the business of the story of all pages.
    if (viewport === WIDE) await accessible(page, `${name} (${suffix})`);
    await fits(page, `${name} (${suffix})`);
    await picture(page, `${name}-${suffix}`);
  }
  await page.setViewportSize(WIDE);
  await page.emulateMedia({ colorScheme: 'light' });
}
