// The simulated phone: its buttons do what they do on a phone, files arrive, and the provider misbehaves on demand.
import assert from 'node:assert/strict';
import { accessible, fits, looks, PHONE, picture, signIn, until, WIDE } from '../lib.mjs';

const WHO = '919999910011';
const shown = (locator) => locator.waitFor({ state: 'visible' });

export async function story({ server, context, page }) {
  const api = await signIn(context, server.url);
  const sim = async (path, body) => {
    const answer = await fetch(`${server.simulator}/__sim/${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const told = await answer.json();
    assert.ok(answer.ok, `${path}: ${JSON.stringify(told)}`);
    return told;
  };
  await page.setViewportSize(WIDE);
  await page.goto(`${server.url}/phone`);
  await shown(page.getByRole('heading', { name: 'Simulated phone', level: 1 }));
  await page.getByRole('combobox', { name: 'Whose phone' }).fill(WHO);
  await page.getByRole('option', { name: new RegExp(WHO) }).click();
  const phone = page.getByRole('region', { name: /^Simulated phone of/ });
  await shown(phone.getByText('Simulated', { exact: true }));
  const field = phone.getByRole('textbox', { name: 'Message from this person' });
  await field.fill('Hello');
  await field.press('Enter');
  await shown(phone.getByText('Hello', { exact: true }));

  const id = await until('the conversation', async () => {
    const { body } = await api.get(`/conversations?phone=%2B${WHO}`);
    return body.data[0]?.id;
  });
  const thread = async () => (await api.get(`/conversations/${id}/messages`)).body.data;

  // A template with quick replies: a tap comes back as an answer to it.
  const templates = (await api.get('/templates?status=approved&limit=100')).body.data;
  const points = templates.find((one) => one.name === 'demo_points');
  const text = (value) => ({ from: 'text', text: value });
  const sent = await api.post(`/conversations/${id}/messages`, {
    template_id: points.id,
    mapping: { body: [text('Asha'), text('77'), text('Pune')] },
  });
  assert.equal(sent.status, 202, JSON.stringify(sent.body));
  await phone.getByRole('button', { name: /^I will come/ }).click();
  const reply = await until('the tap arrives', async () =>
    (await thread()).find((one) => one.direction === 'in' && one.content.reply?.title === 'I will come'),
  );
  assert.equal(reply.in_reply_to, sent.body.message_id);

  // Looking reads; without receipts it stays delivered.
  const stateOf = async (mid) => (await api.get(`/messages/${mid}`)).body.state;
  await until('it was read', async () => (await stateOf(sent.body.message_id)) === 'read');
  await sim('config', { read_rate: 0 });
  await phone.getByRole('switch', { name: 'Read receipts' }).click({ force: true });
  const quiet = await api.post(`/conversations/${id}/messages`, {
    content: { type: 'text', body: 'Quietly' },
  });
  await shown(phone.getByText('Quietly'));
  await until('it arrived', async () => (await stateOf(quiet.body.message_id)) === 'delivered');
  await phone.getByRole('switch', { name: 'Read receipts' }).click({ force: true });
  await until('it was read after all', async () => (await stateOf(quiet.body.message_id)) === 'read');

  // Files and places.
  await phone.getByRole('button', { name: 'Attach' }).click();
  await page.getByRole('menuitem', { name: 'Sample picture' }).click();
  await until('the picture arrives', async () =>
    (await thread()).some((one) => one.content.type === 'image'),
  );
  await phone.getByRole('button', { name: 'Attach' }).click();
  await page.getByRole('menuitem', { name: 'Sample location' }).click();
  await until('the place arrives', async () =>
    (await thread()).some((one) => one.content.type === 'location'),
  );
  await picture(page, 'phone');
  await accessible(page, 'the phone');

  // The provider misbehaves, and behaves again.
  await page.getByRole('button', { name: 'Simulator controls' }).click();
  const drawer = page.getByRole('dialog', { name: 'Simulator controls' });
  await drawer.getByRole('button', { name: 'Half of the reports lost' }).click();
  await until('reports get lost', async () => (await sim('config')).report_loss === 0.5);
  await drawer.getByText('By number').click();
  await drawer.getByRole('textbox', { name: 'Numbers that end in' }).fill('010011');
  await drawer.getByRole('button', { name: 'Let these numbers fail' }).click();
  await shown(drawer.getByText('…010011'));
  await accessible(page, 'the controls');
  await picture(page, 'phone-controls');
  await drawer.getByRole('button', { name: 'Clear all and behave' }).click();
  await until('all is well', async () => {
    const { report_loss, fail_suffix } = await sim('config');
    return report_loss === 0 && fail_suffix.length === 0;
  });
  await weather({ server, page, api, sim, thread: id, drawer });
  await wire({ page, drawer, api });
  await page.keyboard.press('Escape');
  await drawer.waitFor({ state: 'hidden' });
  await crowd({ server, page, api, drawer });
  await clock({ server, page, api, thread: id, drawer, phone });

  await page.setViewportSize(PHONE);
  await page.goto(`${server.url}/phone`);
  await shown(phone.getByText('I will come').first());
  await fits(page, 'the phone at phone width');
  await accessible(page, 'the phone at phone width');
  await page.getByRole('button', { name: 'Simulator controls' }).click();
  await shown(drawer.getByRole('region', { name: 'Clock' }));
  await fits(page, 'the controls at phone width');
  await accessible(page, 'the controls at phone width');
  await looks(page, 'phone-controls-narrow');
}

/** Each preset of the controls, and what the dashboard then says of a message. */
async function weather({ server, page, api, sim, thread, drawer }) {
  const choose = async (name, fits) => {
    await drawer.getByRole('button', { name, exact: true }).click();
    await until(`the weather is: ${name}`, async () => fits(await sim('config')));
    await shown(drawer.getByRole('button', { name, exact: true, pressed: true }));
  };
  const say = async (body) => {
    const sent = await api.post(`/conversations/${thread}/messages`, { content: { type: 'text', body } });
    assert.equal(sent.status, 202, JSON.stringify(sent.body));
    return sent.body.message_id;
  };
  const stateOf = async (id) => (await api.get(`/messages/${id}`)).body.state;
  const tells = async (id, words) => {
    await page.goto(`${server.url}/developers/attempts?message=${id}`);
    await shown(page.getByRole('dialog', { name: 'Message' }).getByText(words).first());
  };
  const back = async () => {
    await page.goto(`${server.url}/phone`);
    await page.getByRole('button', { name: 'Simulator controls' }).click();
  };

  await choose('Healthy', (config) => config.report_loss === 0 && config.latency_ms === 20);
  const well = await say('All is well');
  await until('it arrives', async () => ['delivered', 'read'].includes(await stateOf(well)));

  await choose('Number paused', (config) => config.fail_suffix.at(-1)?.[1] === 'failed:131048');
  await shown(drawer.getByText('Everybody'));
  const paused = await say('On a number that is paused');
  await until('it fails', async () => (await stateOf(paused)) === 'failed');
  await tells(paused, 'Sending is limited because many people blocked or reported this number');
  await back();

  await choose('Half of the reports lost', (config) => config.report_loss === 0.5);
  // Of a dozen, the reports of some are lost altogether, or else of the next dozen.
  let silent;
  for (let round = 0; round < 5 && !silent; round += 1) {
    const { accepted: before } = await sim('stats');
    const many = await Promise.all(Array.from({ length: 12 }, (_, n) => say(`Number ${round}.${n}`)));
    await until('all reports are sent or lost', async () => {
      const { accepted, reports } = await sim('stats');
      return accepted >= before + many.length && reports.pending === 0;
    });
    // What comes in is taken in its turn: when this is there, so are the reports before it.
    const mark = `That was round ${round}`;
    await sim('inbound', { customer: WHO, type: 'text', text: mark });
    await until('what came before is taken', async () => {
      const { body } = await api.get(`/conversations/${thread}/messages`);
      return body.data.some(({ content }) => JSON.stringify(content).includes(mark));
    });
    for (const id of many) if ((await stateOf(id)) === 'sent') silent = id;
  }
  assert.ok(silent, 'one is without a report');
  await tells(silent, 'It did not report yet whether it arrived');
  await back();

  await choose('Slow provider', (config) => config.latency_ms === 3_000);
  const slow = await say('Patience');
  await until('it is on its way', async () => (await stateOf(slow)) === 'sending');
  await tells(slow, 'Its request is on its way to the provider');
  await back();
  await choose('Healthy', (config) => config.latency_ms === 20);
  // What comes in moves, and is not looked at while it does.
  await until('the last one arrives', async () => ['delivered', 'read'].includes(await stateOf(slow)));
  await shown(page.getByText('Patience').first());
}

/** What went over the wire can be read and copied, and holds no secret. */
async function wire({ page, drawer, api }) {
  await drawer.getByRole('button', { name: 'Wire log' }).click();
  const log = page.getByRole('dialog', { name: 'Wire log' });
  await log.getByText('Requests', { exact: true }).click();
  await log
    .getByRole('button', { name: /SendMessage/ })
    .first()
    .click();
  await shown(log.getByRole('region', { name: 'What was sent' }).getByText('password = ***'));
  await shown(log.getByRole('region', { name: 'What was answered' }));
  await accessible(page, 'the wire log');
  await picture(page, 'phone-wire');
  await log.getByRole('button', { name: 'Copy as curl' }).click();
  await shown(page.getByText('Copied. Put in what is hidden before you run it.'));
  const link = await log.getByRole('link', { name: 'The message' }).getAttribute('href');
  const id = new URL(link, page.url()).searchParams.get('message').replaceAll('"', '');
  assert.equal((await api.get(`/messages/${id}`)).status, 200);
  await page.keyboard.press('Escape');
  await log.waitFor({ state: 'hidden' });
}

/** A crowd comes into being, gets a campaign, and its funnel says what such people do once their time has passed. */
async function crowd({ server, page, api, drawer }) {
  await page.getByRole('button', { name: 'Simulator controls' }).click();
  const part = drawer.getByRole('region', { name: 'Crowd' });
  await part.getByRole('textbox', { name: 'How many people' }).fill('0');
  assert.ok(await part.getByRole('button', { name: /Make a crowd/ }).isDisabled());
  await part.getByRole('textbox', { name: 'How many people' }).fill('200');
  await part.getByRole('radio', { name: 'Keen' }).check();
  await part.getByRole('button', { name: 'Make a crowd of 200 people' }).click();
  await shown(part.getByRole('link', { name: 'Crowd: 200 keen' }));
  await part.scrollIntoViewIfNeeded();
  await picture(page, 'phone-crowd');
  await accessible(page, 'the crowd');
  const list = await until('the crowd is there', async () => {
    const { body } = await api.get('/imports?limit=5');
    const lists = await api.get('/lists');
    const made = body.data.find((one) => one.file_name === 'Crowd: 200 keen');
    if (made?.state !== 'finished') return undefined;
    assert.equal(made.created, 200);
    return lists.body.data.find((one) => one.name === 'Crowd: 200 keen');
  });

  const templates = (await api.get('/templates?status=approved&limit=100')).body.data;
  const mapped = (name) => ({ from: 'attribute', name, default: 'there' });
  const made = await api.post('/campaigns', {
    name: 'To a crowd',
    template_id: templates.find((one) => one.name === 'welcome_offer').id,
    audience: { type: 'list', list_id: list.id },
    mapping: { body: [mapped('first_name'), mapped('city')] },
  });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const campaign = `/campaigns/${made.body.id}`;
  assert.equal((await api.post(`${campaign}/launch`, {})).status, 200);
  const progress = async () => (await api.get(`${campaign}/progress`)).body;
  await until('it is sent', async () => (await progress()).state === 'finished');
  assert.equal((await api.post('/handset/clock', { forward_ms: 3_600_000 })).status, 200);
  const { funnel, replied } = await until('they read and answered', async () => {
    const told = await progress();
    return told.funnel.read > 170 && told.replied > 40 && told.funnel.delivered + told.funnel.failed === 200
      ? told
      : undefined;
  });
  assert.deepEqual([funnel.recipients, funnel.unknown, funnel.queued], [200, 0, 0]);
  assert.ok(funnel.failed <= 8, `${funnel.failed} failed`);
  await page.goto(server.url + campaign);
  const figure = page.getByRole('figure', { name: 'How far the messages got' });
  await figure.getByRole('button', { name: 'Show as table' }).click();
  const row = (name) => figure.getByRole('row', { name: new RegExp(`^${name}`) });
  await until('the funnel says so', async () => {
    const [read, answered] = await Promise.all([row('Read').innerText(), row('Replied').innerText()]);
    return read.includes(`${funnel.read}`) && answered.includes(`${replied}`);
  });
  await picture(page, 'phone-crowd-funnel');
}

/** A day passes at a click: the window is closed and the composer says so, who moved the time is signed in still. */
async function clock({ server, page, api, thread, drawer, phone }) {
  const open = async () => {
    await page.goto(`${server.url}/phone`);
    await page.getByRole('button', { name: 'Simulator controls' }).click();
    return drawer.getByRole('region', { name: 'Clock' });
  };
  const chat = async (words) => {
    await page.goto(`${server.url}/inbox/${thread}`);
    await shown(page.getByText(words).first());
  };
  let part = await open();
  await shown(part.getByText('The demo is 1 hour ahead of the real time.'));
  await part.getByRole('button', { name: '+24 hours' }).click();
  await shown(part.getByText('The demo is 1 day 1 hour ahead of the real time.'));
  await shown(part.getByText(/has no open 24-hour window/));
  assert.ok(await part.getByRole('button', { name: /before the window closes/ }).isDisabled());
  await picture(page, 'phone-clock');
  await accessible(page, 'the clock');
  await chat(/The 24-hour window closed at/);
  await picture(page, 'phone-clock-closed');

  // Somebody writes again, and the clock stops a minute before that window closes.
  await page.goto(`${server.url}/phone`);
  const field = phone.getByRole('textbox', { name: 'Message from this person' });
  await field.fill('Still there?');
  await field.press('Enter');
  await until('the window is open', async () => {
    const { window_closes_at: at } = (await api.get(`/conversations/${thread}`)).body;
    return at > (await api.get('/handset/clock')).body.now;
  });
  part = await open();
  await part.getByRole('button', { name: 'To 1 minute before the window closes' }).click();
  await shown(part.getByText(/^The demo is 2 days/));
  const left = await api.get(`/conversations/${thread}`);
  const { now } = (await api.get('/handset/clock')).body;
  assert.ok(left.body.window_closes_at - now < 60_000 && left.body.window_closes_at > now);
  await chat('Still there?');
  await shown(page.getByText(/Reply within/).first());
}
