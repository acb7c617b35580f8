// A hundred thousand people: what a page of the listings costs at the server, and how smoothly they scroll in a browser, near the
// beginning and far down. It measures and judges nothing, so it is played only when it is asked for by name.
import assert from 'node:assert/strict';
import { signIn, until } from '../lib.mjs';
import { binary } from '../server.mjs';

export const byHand = true;
export const minutes = 30;

const PEOPLE = Number(process.env.PEOPLE ?? 100_000);
/** How far down the browser scrolls. */
const FAR = Number(process.env.FAR ?? PEOPLE);
const CITIES = ['Pune', 'Delhi', 'Mumbai', 'Chennai'];

const say = (what) => console.log(`      ${what}`);
const sorted = (times) => [...times].sort((a, b) => a - b);
const middle = (times) => sorted(times)[Math.floor(times.length / 2)] ?? 0;
const ms = (value) => `${value.toFixed(value < 10 ? 1 : 0)} ms`;

export async function story({ server, context, page }) {
  const api = await signIn(context, server.url);
  say(`${binary.includes('/release/') ? 'release' : 'debug'} build of the server, ${PEOPLE} people`);
  await people({ server, context, api });
  await watch(context);
  const pace = { server, context, page };
  await pages(api, 'profiles', '/profiles?limit=100');
  await answers(api, [
    '/profiles/count',
    '/profiles/count?search=person%205',
    '/profiles?search=person%205&limit=100',
    '/profiles?search=nobody&limit=100',
    '/profiles?consent=opted_out&limit=100',
    '/profiles/attributes',
  ]);
  await scroll({ ...pace, path: '/profiles', label: 'Profiles' });
  await goBack(pace);
  await page.goto('about:blank');
  const campaign = await send(api);
  await pages(api, 'recipients', `/campaigns/${campaign}/messages?limit=100`);
  await answers(
    api,
    [
      'progress',
      'failures',
      'excluded?limit=100',
      'messages?state=failed&limit=100',
      'messages?state=read&limit=100',
      'messages?search=person%205&limit=100',
    ].map((end) => `/campaigns/${campaign}/${end}`),
  );
  await scroll({ ...pace, path: `/campaigns/${campaign}?tab=people`, label: 'People of the campaign' });
}

/** All of them by one file. */
async function people({ server, context, api }) {
  const rows = Array.from({ length: PEOPLE }, (_, n) => {
    const end = String(n).padStart(5, '0');
    return `+9199999${end},Person ${end},${CITIES[n % 4]},${n % 50}`;
  });
  const began = performance.now();
  const sent = await context.request.fetch(
    `${server.url}/api/v1/imports?file_name=many.csv&opt_in=record&source=measure`,
    {
      method: 'POST',
      headers: { 'x-harkara': '1', 'content-type': 'text/csv' },
      data: Buffer.from(['phone,name,city,orders', ...rows, ''].join('\r\n')),
      timeout: 300_000,
    },
  );
  assert.ok(sent.ok(), await sent.text());
  const { id } = await sent.json();
  const done = await until(
    'the import is finished',
    async () => {
      const { body } = await api.get(`/imports/${id}`);
      assert.notEqual(body.state, 'failed', JSON.stringify(body));
      return body.state === 'finished' && body;
    },
    900,
  );
  const took = (performance.now() - began) / 1000;
  say(`import: ${done.rows} rows in ${took.toFixed(1)} s, ${Math.round(done.rows / took)} a second`);
}

/** A campaign to everybody, once all is sent. */
async function send(api) {
  const account = (await api.get('/accounts')).body.data[0];
  const [number] = account.numbers;
  assert.equal((await api.patch(`/numbers/${number.id}`, { messages_per_second: 1000 })).status, 200);
  const like = (await api.get('/campaigns')).body.data.find((one) => one.name === 'Double your points');
  const made = await api.post('/campaigns', {
    name: 'To everybody',
    template_id: like.template_id,
    mapping: like.mapping,
    audience: { type: 'everyone' },
  });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const { id } = made.body;
  const began = performance.now();
  const launched = await api.post(`/campaigns/${id}/launch`);
  assert.equal(launched.status, 200, JSON.stringify(launched.body));
  const { funnel } = await until(
    'the campaign is finished',
    async () => {
      const { body } = await api.get(`/campaigns/${id}/progress`);
      return body.state === 'finished' && body;
    },
    1200,
  );
  const took = Math.round((performance.now() - began) / 1000);
  say(
    `campaign: ${funnel.sent} accepted, ${funnel.excluded} left out before, ${took} s after it was launched`,
  );
  return id;
}

/** Every page of a listing, one after the other. */
async function pages(api, what, path) {
  const times = [];
  let rows = 0;
  let cursor;
  do {
    const began = performance.now();
    const { status, body } = await api.get(`${path}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`);
    times.push(performance.now() - began);
    assert.equal(status, 200, JSON.stringify(body));
    rows += body.data.length;
    cursor = body.next_cursor;
  } while (cursor);
  const told = [times.slice(0, 50), times.slice(-50)].map(middle).map(ms);
  say(
    `GET ${what}: ${times.length} pages, ${rows} rows; the middle of the first fifty ${told[0]}, of the last fifty ${told[1]}, worst ${ms(Math.max(...times))}`,
  );
}

/** Single answers that look at all people, or find a few among them. */
async function answers(api, paths) {
  for (const path of paths) {
    const times = [];
    for (let n = 0; n < 5; n += 1) {
      const began = performance.now();
      const { status, body } = await api.get(path);
      times.push(performance.now() - began);
      assert.equal(status, 200, JSON.stringify(body));
    }
    say(`GET ${path.replace(/\/cmp_\w+/, '/{id}')}: ${ms(middle(times))}, worst ${ms(Math.max(...times))}`);
  }
}

/** Notes what keeps the main thread, and the time between two pictures. */
const watch = (context) =>
  context.addInitScript(() => {
    window.seen = { task: 0, tasks: 0, frame: 0, frames: 0, slow: 0 };
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) {
        window.seen.tasks += 1;
        window.seen.task = Math.max(window.seen.task, duration);
      }
    }).observe({ type: 'longtask', buffered: true });
    let last;
    const frame = (at) => {
      if (last !== undefined) {
        window.seen.frames += 1;
        window.seen.frame = Math.max(window.seen.frame, at - last);
        if (at - last > 50) window.seen.slow += 1;
      }
      last = at;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    /** What was noted since the last time. */
    window.noted = () => {
      const noted = window.seen;
      window.seen = { task: 0, tasks: 0, frame: 0, frames: 0, slow: 0 };
      return noted;
    };
  });

/** Milliseconds of the processor that the main thread has used, whatever else the machine does. */
async function busy(session) {
  const { metrics } = await session.send('Performance.getMetrics');
  return 1000 * metrics.find(({ name }) => name === 'TaskDuration').value;
}

/** Bytes in use once what is not needed is gone. */
async function heap(session) {
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  return `${Math.round(usedSize / 1024 / 1024)} MB`;
}

/** How smooth it was since the last time; `cpu` is what the main thread used of the processor. */
async function smooth(page, cpu) {
  const { task, tasks, frame, frames, slow } = await page.evaluate(() => window.noted());
  return `${frames} frames of ${ms(cpu / Math.max(1, frames))} of the processor, longest ${ms(frame)}, ${slow} above 50 ms; longest task ${ms(task)}, ${tasks} above 50 ms`;
}

/** Loads page after page by scrolling to the end, then goes up and down in what is loaded. */
async function scroll({ server, context, page, path, label }) {
  await page.goto(server.url + path);
  const box = page.getByRole('region', { name: label });
  await box.waitFor();
  const session = await context.newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  await page.evaluate(() => window.noted());
  say(`${label}: heap at the beginning ${await heap(session)}`);
  for (const want of [0.1, 0.5, 1].map((part) => Math.floor(part * FAR))) {
    const [began, idle] = [performance.now(), await busy(session)];
    const { rows, more } = await box.evaluate(
      async (section, { want, limit }) => {
        const last = () =>
          Number([...section.querySelectorAll('tr[data-index]')].at(-1)?.dataset.index ?? 0) + 1;
        const before = last();
        const end = Date.now() + limit;
        while (last() < want && Date.now() < end) {
          section.scrollTop = section.scrollHeight;
          await new Promise((done) => requestAnimationFrame(done));
          if (section.querySelector('table').getAttribute('aria-rowcount') !== '-1') break;
        }
        return { rows: last(), more: Math.max(1, (last() - before) / 100) };
      },
      { want, limit: 300_000 },
    );
    const [took, cpu] = [performance.now() - began, (await busy(session)) - idle];
    say(`${label}: ${rows} rows loaded, a page in ${ms(took / more)}, ${ms(cpu / more)} of the processor`);
    say(`    ${await smooth(page, cpu)}; heap ${await heap(session)}`);
  }
  await page.evaluate(() => window.noted());
  await box.hover();
  const idle = await busy(session);
  for (const by of [-400, 400]) {
    for (let n = 0; n < 60; n += 1) await page.mouse.wheel(0, by);
  }
  say(`${label}: 120 turns of the wheel there and back`);
  say(`    ${await smooth(page, (await busy(session)) - idle)}`);
  await session.detach();
}

/** A person is opened far down, and the listing comes back: what that asks of the server. */
async function goBack({ page }) {
  let asked = 0;
  const count = (request) => {
    if (new URL(request.url()).pathname === '/api/v1/profiles') asked += 1;
  };
  await page.getByRole('region', { name: 'Profiles' }).getByRole('link').first().click();
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.waitForURL(/\/profiles\/[^/]+$/);
  page.on('request', count);
  const began = performance.now();
  await page.goBack();
  await page.getByRole('region', { name: 'Profiles' }).waitFor();
  const shown = performance.now() - began;
  for (let before = -1; before !== asked; ) {
    before = asked;
    await page.waitForTimeout(1000);
  }
  const rested = performance.now() - began - 1000;
  page.off('request', count);
  say(`back from a person: shown after ${ms(shown)}, ${asked} requests, at rest after ${ms(rested)}`);
}
