// A marketer writes a campaign, looks at it, launches it, takes it back once, and follows it: receipts arrive by
// themselves, what went wrong stands there by reason, and everything can be exported.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { accessible, fits, looks, OWNER, picture, signIn, until } from '../lib.mjs';

export const minutes = 5;

export const options = { demo: true };

const sim = async (server, path, data) => {
  const response = await fetch(`${server.simulator}/__sim/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(data),
  });
  assert.ok(response.ok, await response.clone().text());
  return response.json();
};

/** The number at the end of the rail's waterfall, when it is counted. */
const reach = async (page) => {
  const counting = await page.getByLabel('Counting').count();
  const text = await page.getByTestId('reachable').textContent();
  return counting === 0 ? Number(text.replaceAll(/\D/g, '')) : undefined;
};

const step = (page, name) =>
  page
    .getByRole('navigation', { name: 'Steps' })
    .getByRole('link', { name: new RegExp(`^${name}`) })
    .click();

async function fill(page, placeholder, attribute, standard) {
  const from = page.getByRole('combobox', { name: `{{${placeholder}}}: where the value comes from` });
  await from.click();
  await page.getByRole('option', { name: 'From the profile' }).click();
  await page.getByRole('combobox', { name: `{{${placeholder}}}: attribute of the profile` }).fill(attribute);
  await page.getByLabel(`{{${placeholder}}}: default for people without it`).fill(standard);
}

async function write(page, server, api) {
  // There are drafts and nothing else: they are what is shown. An address that names a tab has its way.
  await page.goto(`${server.url}/campaigns`);
  await page.getByRole('link', { name: 'Double your points' }).waitFor();
  assert.equal(
    await page.getByRole('tab', { name: 'Drafts' }).getAttribute('aria-selected'),
    'true',
    'the first tab that holds something',
  );
  await page.goto(`${server.url}/campaigns?tab=running`);
  await page.getByText('Nothing is being sent').waitFor();
  await page.getByRole('link', { name: 'New campaign' }).first().click();
  await page.getByRole('heading', { name: 'New campaign' }).waitFor();
  // Without a name and a template it says what is missing.
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByText('Give the campaign a name that you will recognise later.').waitFor();
  await page.getByLabel('Name').fill('Double points, Pune');
  await page.getByRole('button', { name: /^demo_points/ }).click();
  await page.getByText('It is a draft: submit it for approval.').waitFor();
  await page.getByRole('button', { name: 'Go on' }).click();

  // Who: everybody at first, then Pune only.
  await page.waitForURL(/step=who/);
  await page.getByRole('radio', { name: 'People who meet conditions' }).check();
  await page.getByText(/^Not saved yet/).waitFor();
  await page.getByRole('combobox', { name: 'Attribute' }).fill('city');
  await page.keyboard.press('Escape');
  // Values that people have are offered; others can be typed.
  await page.getByRole('combobox', { name: 'Value' }).fill('pu');
  await page.getByRole('option', { name: 'Pune' }).click();
  await page.getByTestId('saved').getByText('Saved', { exact: true }).waitFor();
  await page.getByText('lack a value for a placeholder').first().waitFor();
  assert.equal(await until('the audience is counted', async () => (await reach(page)) === 0), true);
  await picture(page, 'story-campaign-who');
  await accessible(page, 'the step Who');

  // What: the step says what is missing, and the bubble follows.
  await step(page, 'What');
  await fill(page, 1, 'name', 'friend');
  await fill(page, 2, 'points', '100');
  await fill(page, 3, 'city', 'nearest');
  // A tenth of them is held out to compare with, and everybody who is not gets it.
  await step(page, 'Who');
  await page.getByLabel('Control group, percent').fill('10');
  await page.getByText('people are held out.').waitFor();
  await looks(page, 'story-campaign-control');
  await step(page, 'What');
  await page.getByTestId('saved').getByText('Saved', { exact: true }).waitFor();
  const people = await until('the audience is counted', () => reach(page));
  await page.getByRole('region', { name: 'How it looks' }).filter({ hasText: 'our Pune store' }).waitFor();
  const first = await page.locator('#bubble + p').textContent();
  await page.getByRole('button', { name: 'Next person' }).click();
  assert.notEqual(await page.locator('#bubble + p').textContent(), first, 'another person');
  await picture(page, 'story-campaign-what');

  // Nothing is lost by a reload.
  await page.reload();
  await page.getByLabel('{{3}}: default for people without it').waitFor();
  assert.equal(await page.getByLabel('{{3}}: default for people without it').inputValue(), 'nearest');

  // When: slow enough to be watched; a time that has passed is not taken.
  await step(page, 'When');
  await page.getByLabel('Own limit, messages a second').fill('40');
  await page.getByText('40 a second, as you limit it.').waitFor();
  await page.getByRole('radio', { name: 'At a date and time' }).check();
  await page.getByRole('textbox', { name: 'Date' }).fill('2020-01-01');
  await page.getByText('This time has passed.').first().waitFor();
  await accessible(page, 'the step When');
  await page.getByRole('radio', { name: 'As soon as you launch it' }).check();

  // More people than WhatsApp's daily limit leaves: it says so, and what happens then.
  await page.getByTestId('saved').getByText('Saved', { exact: true }).waitFor();
  const number = (await api.get('/numbers')).body.data[0].id;
  assert.equal((await api.patch(`/numbers/${number}`, { daily_limit: 1 })).status, 200);
  await page.reload();
  await page.getByText('Sending does not stop there').waitFor();
  await looks(page, 'campaign-daily-limit');
  assert.equal((await api.patch(`/numbers/${number}`, { daily_limit: null })).status, 200);
  await page.reload();
  await page.getByText('40 a second, as you limit it.').waitFor();
  await page.getByText('Sending does not stop there').waitFor({ state: 'detached' });
  return people;
}

async function launch(page, people) {
  await step(page, 'Review');
  await page.getByText('Ready to be launched').waitFor();
  await page.getByText('The template is approved.').waitFor();
  await picture(page, 'story-campaign-review');
  await accessible(page, 'the step Review');

  // A test goes to one person.
  await page.getByRole('button', { name: 'Send a test' }).click();
  await page.getByLabel('Phone number').fill('+919999910001');
  await page.getByRole('button', { name: 'Send the test' }).click();
  // Said of what was delivered, or read.
  await page.getByRole('dialog').getByText('Nothing to do.', { exact: true }).waitFor();
  await page.keyboard.press('Escape');

  const send = page.getByRole('button', { name: `Send to ${people} people` });
  await send.click();
  await page
    .getByTestId('sentence')
    .getByText(/^Starts in a few seconds/)
    .waitFor();
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.waitForURL(/\/edit/);
  await step(page, 'Review');
  await send.click();
  await page
    .getByTestId('sentence')
    .getByText(/^Starts in a few seconds/)
    .waitFor();
}

async function follow(page, server, people) {
  // From here on nothing is reloaded: the numbers come by themselves.
  const sentence = page.getByTestId('sentence');
  await sentence.getByText(new RegExp(`of ${people}`)).waitFor({ timeout: 30_000 });
  await page.getByRole('img', { name: /^Delivered: [1-9]/ }).waitFor();
  await picture(page, 'story-campaign-running');
  await sentence.getByText(/a second/).waitFor({ timeout: 30_000 });
  await sentence.getByText(/^Finished/).waitFor({ timeout: 60_000 });

  // People read on their phones.
  const share = (name) => page.getByRole('img', { name: new RegExp(`^${name}: `) });
  const number = async (name) =>
    Number((await share(name).getAttribute('aria-label')).split(',')[0].replaceAll(/\D/g, ''));
  const read = await number('Read');
  const { accepted } = await (await fetch(`${server.simulator}/__sim/accepted?limit=5000`)).json();
  const some = accepted.slice(5, 60);
  for (const { id, to } of some) await sim(server, 'read', { customer: to, id });
  await until('more are read', async () => (await number('Read')) > read);

  // Who answers counts once: with the message that is quoted, and by writing anything.
  const [quotes, writes] = some.filter(({ to }) => !to.endsWith('57'));
  const before = await number('Replied');
  await sim(server, 'inbound', { customer: quotes.to, text: 'I will come', reply_to: quotes.id });
  await sim(server, 'inbound', { customer: quotes.to, text: 'On Sunday' });
  await sim(server, 'inbound', { customer: writes.to, text: 'Until when?' });
  await until('two have answered', async () => (await number('Replied')) === before + 2);

  // What went wrong stands there by reason, with what to do.
  const failures = page.getByRole('region', { name: 'What went wrong' });
  await failures.getByText('This number or this message cannot work').first().waitFor();
  await failures
    .getByText(/Check the number/)
    .first()
    .waitFor();
  await course(page, number);
  const funnel = page.getByRole('figure', { name: 'How far the messages got' });
  await funnel.getByRole('button', { name: 'Show as table' }).click();
  const table = page.getByRole('table', { name: 'How far the messages got' });
  await table.waitFor();
  await page.getByRole('button', { name: 'What the steps mean' }).press('Enter');
  await table.getByText('Those who read it are among them.').waitFor();
  await picture(page, 'story-campaign-finished');
  await accessible(page, 'the finished campaign');
  await onPaper(page);
  await failures
    .getByRole('link', { name: /people|person/ })
    .first()
    .click();
}

/** The lines end at the numbers of the funnel, and each moment is told by keyboard and by pointer. */
async function course(page, number) {
  const chart = page.getByRole('figure', { name: 'How the numbers grew' });
  const slider = chart.getByRole('slider', { name: 'Moment of the chart' });
  const told = async () => (await slider.getAttribute('aria-valuetext')).replaceAll(',', '');
  await until('the lines end at the funnel', async () => {
    const [read, replied] = [await number('Read'), await number('Replied')];
    return (await told()).includes(`Read ${read} Replied ${replied} `);
  });
  await slider.focus();
  await page.keyboard.press('Home');
  assert.match(await told(), /: Accepted 0 Delivered 0 Read 0 Replied 0 Failed 0$/);
  await slider.blur();
  const box = await chart.locator('svg').first().boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await looks(page, 'story-campaign-course');
  await chart.getByRole('button', { name: 'Show as table' }).click();
  const row = chart.getByRole('table', { name: 'How the numbers grew' }).getByRole('row').last();
  await row.getByRole('cell', { name: String(await number('Read')), exact: true }).waitFor();
  await accessible(page, 'the course as a table');
  await chart.getByRole('button', { name: 'Show as lines' }).click();
}

/** From a dark screen the page alone is printed, in light colours. */
async function onPaper(page) {
  const frame = page.getByRole('banner');
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.locator('html[data-mantine-color-scheme=dark]').waitFor();
  await page.emulateMedia({ colorScheme: 'dark', media: 'print' });
  await page.locator('html[data-mantine-color-scheme=light]').waitFor();
  await frame.waitFor({ state: 'hidden' });
  await page.getByRole('navigation').first().waitFor({ state: 'hidden' });
  await page.getByRole('heading', { name: 'How far it got' }).waitFor();
  const paper = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  assert.equal(paper, 'rgb(255, 255, 255)');
  await picture(page, 'story-campaign-paper');
  await page.emulateMedia({ colorScheme: 'dark', media: 'screen' });
  await page.locator('html[data-mantine-color-scheme=dark]').waitFor();
  await frame.waitFor();
  await page.emulateMedia({ colorScheme: 'light' });
}

async function people(page, api, id) {
  await page.waitForURL(/tab=people/);
  const table = page.getByRole('table', { name: 'People of the campaign' });
  const row = table.getByRole('row').nth(1);
  await row.getByText('Failed').waitFor();
  const first = (await api.get(`/campaigns/${id}/messages?state=failed&limit=1`)).body.data[0];
  assert.ok(first.name, 'a customer of the demo has a name');
  await row.getByRole('button', { name: first.name }).waitFor();
  await row.getByText(first.phone.slice(-5)).waitFor();
  await row.getByRole('button').click();
  const drawer = page.getByRole('dialog', { name: 'Message' });
  await drawer.getByText('What happened').waitFor();
  await drawer.getByRole('button', { name: 'What was asked and answered' }).click();
  await drawer.getByRole('region', { name: 'Request' }).waitFor();
  assert.doesNotMatch(await drawer.textContent(), /demo-notification/, 'the password is hidden');
  await picture(page, 'story-campaign-message');
  await accessible(page, 'the message drawer');
  await page.keyboard.press('Escape');
  await drawer.waitFor({ state: 'hidden' });

  // A number is found by its digits, and what is shown is what is exported.
  const failed = (await api.get(`/campaigns/${id}/messages?state=failed&limit=500`)).body.data;
  const search = page.getByRole('searchbox', { name: 'Number or name' });
  await search.fill(failed[0].phone.slice(-5));
  await until('one is found', async () => (await table.getByRole('row').count()) === 2);
  assert.ok(await search.evaluate((field) => field === document.activeElement), 'one can type on');
  await search.fill('');
  await page.getByRole('button', { name: 'Show all reasons' }).click();
  await until('all failed are shown', async () => (await table.getByRole('row').count()) > 2);
  const begun = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download these as CSV' }).click();
  const csv = readFileSync(await (await begun).path(), 'utf8')
    .trim()
    .split('\n');
  assert.equal(csv.length - 1, failed.length, 'a line for each failed message');
  assert.match(csv[0], /^message_id,phone,/);

  // The bar of those who answered leads to them.
  await page.goto(page.url().replace(/\?.*/, ''));
  await page.getByRole('img', { name: /^Replied: / }).click();
  await page.waitForURL(/state=replied/);
  const { replied } = (await api.get(`/campaigns/${id}/progress`)).body;
  await until('all of them are there', async () => (await table.getByRole('row').count()) === replied + 1);
  await looks(page, 'story-campaign-replied');

  // Those who did not read it come onto a list, which another campaign can go to.
  await page.goto(page.url().replace(/\?.*/, '?tab=people&state=not_read'));
  await page.getByRole('button', { name: 'Make a list of these' }).click();
  const making = page.getByRole('dialog', { name: 'Make a list of these people' });
  const name = 'Double points, Pune: Did not read';
  assert.equal(await making.getByLabel('List', { exact: true }).inputValue(), name);
  await accessible(page, 'making a list of recipients');
  await looks(page, 'story-campaign-list');
  await making.getByRole('button', { name: 'Make the list' }).click();
  const told = await page.getByText(/^Finished: [\d,]+ match/).textContent();
  const matched = Number(told.match(/[\d,]+/)[0].replaceAll(',', ''));
  const made = (await api.get('/lists')).body.data.find((list) => list.name === name);
  assert.deepEqual([made.size, made.source], [matched, `dashboard: ${OWNER.name}`]);
  await looks(page, 'story-campaign-list-made');
  const where = page.url();
  await page.getByRole('link', { name: 'Show the list' }).click();
  await page.waitForURL(/profiles\?list=/);
  await page.getByText(matched === 1 ? '1 person' : `${matched} people`, { exact: true }).waitFor();
  await page.goto(where);

  // Those who were left out are downloaded alone, each with the reason.
  await page.goto(page.url().replace(/\?.*/, '?tab=people&state=excluded'));
  const leftOut = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download these as CSV' }).click();
  const rows = readFileSync(await (await leftOut).path(), 'utf8')
    .trim()
    .split('\n')
    .slice(1);
  const { excluded } = (await api.get(`/campaigns/${id}/progress`)).body.funnel;
  assert.equal(rows.length, excluded);
  assert.ok(
    rows.every((line) => /,excluded,.*,(not_opted_in|opted_out|no_number|control_group),/.test(line)),
  );
  await looks(page, 'story-campaign-left-out');
}

export async function story({ server, context, page, expect }) {
  // A limit that does nothing is refused.
  expect(/422.*\/frequency-cap/);
  const api = await signIn(context, server.url);
  await sim(server, 'fail', { suffix: '3', kind: 'error:105' });
  await sim(server, 'fail', { suffix: '57', kind: 'failed:UNKNOWN_SUBSCRIBER' });
  const account_id = (await api.get('/accounts')).body.data[0].id;
  const content = { body: 'Not yet' };
  const unfit = { account_id, name: 'not_yet', language: 'en', category: 'marketing', content };
  assert.equal((await api.post('/templates', unfit)).status, 201);
  const count = await write(page, server, api);
  await launch(page, count);
  const id = new URL(page.url()).pathname.split('/')[2];
  await follow(page, server, count);
  await people(page, api, id);

  // What was sent stands there; a clone is a draft of its own, which can be thrown away.
  await page.getByRole('tab', { name: 'What was sent' }).click();
  await page.getByText('city is Pune').waitFor();
  await page.goto(`${server.url}/campaigns?tab=finished`);
  await page.getByRole('button', { name: 'More about Double points, Pune' }).click();
  await page.getByRole('menuitem', { name: 'Clone' }).click();
  await page.getByRole('heading', { name: 'Copy of Double points, Pune' }).waitFor();
  await capped(page, server, count);
  await page.goto(`${server.url}/campaigns?tab=drafts&q=copy`);
  await page.getByRole('button', { name: 'More about Copy of Double points, Pune' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await page.getByRole('button', { name: 'Delete the draft' }).click();
  await page.getByText('No campaign here matches "copy"').waitFor();
  await page.getByRole('button', { name: 'Clear the search' }).click();
  await page.getByRole('link', { name: 'Double your points' }).waitFor();
  await fits(page, 'the list of campaigns');
  await accessible(page, 'the list of campaigns');
  await inOrder(page, server, id, api);
  await month(page, api);
}

/** A cap leaves out of the copy whom the campaign has reached, unless the copy does not respect it. */
async function capped(page, server, count) {
  const draft = page.url().replace(/\?.*/, '');
  await page.goto(`${server.url}/settings/frequency-cap`);
  await page.getByText('It is off').waitFor();
  await page.getByRole('button', { name: 'Set a cap' }).click();
  await page.getByRole('button', { name: 'Add a limit' }).click();
  await page.getByLabel('Messages at most').first().fill('5');
  await page.getByRole('button', { name: 'Save the cap' }).click();
  await page.getByText('Another limit is stricter').waitFor();
  await looks(page, 'story-campaign-cap-refused');
  await page.getByLabel('Messages at most').first().fill('1');
  await page.getByRole('button', { name: 'Save the cap' }).click();
  await page.getByText('The cap holds from now on.').waitFor();
  await page.getByText('Changed by Meera Owner').waitFor();
  await looks(page, 'story-campaign-cap');

  await page.goto(`${draft}?step=who`);
  await page.getByText('a person gets at most 1 message in 24 hours and 3 messages in 7 days').waitFor();
  assert.equal(await page.getByLabel('Control group, percent').inputValue(), '10', 'a copy keeps it');
  await page.getByText('got as much as the frequency cap allows').waitFor();
  await looks(page, 'story-campaign-over-cap');
  const few = await until('it is counted', async () => {
    const people = await reach(page);
    return people === undefined ? undefined : { people };
  });
  assert.ok(few.people < count / 2, `${few.people} of ${count}`);
  await page.getByRole('switch', { name: 'Respect the frequency cap' }).uncheck({ force: true });
  await until('it goes to them all the same', async () => (await reach(page)) > count / 2);
  await step(page, 'Review');
  await page.getByText('and does not count towards it.').waitFor();
  await looks(page, 'story-campaign-cap-ignored');
}

/** Campaigns get labels, are found by them, and go out of the way when they are over. */
async function inOrder(page, server, id, api) {
  await page.goto(`${server.url}/campaigns?tab=finished`);
  const row = page.getByRole('row').filter({ hasText: 'Double points, Pune' });
  await row.getByText('Meera Owner').waitFor();
  await page.getByRole('button', { name: 'More about Double points, Pune' }).click();
  await page.getByRole('menuitem', { name: 'Labels' }).click();
  const form = page.getByRole('dialog', { name: 'Labels of Double points, Pune' });
  await form.getByLabel('Labels', { exact: true }).first().fill('Diwali');
  await page.keyboard.press('Enter');
  await accessible(page, 'labels of a campaign');
  await form.getByRole('button', { name: 'Save' }).click();
  await row.getByText('Diwali', { exact: true }).waitFor();

  // Several at once, by keys.
  await form.waitFor({ state: 'hidden' });
  await until('the first row has the focus', async () => {
    if (await row.evaluate((line) => line === document.activeElement)) return true;
    await page.keyboard.press('k');
  });
  await page.keyboard.press('x');
  const bar = page.getByRole('region', { name: 'Campaigns that are chosen' });
  await bar.getByText('1 campaign is chosen').waitFor();
  await bar.getByRole('button', { name: 'Label' }).click();
  const many = page.getByRole('dialog', { name: 'Label the chosen campaigns' });
  await many.getByLabel('Label', { exact: true }).first().fill('West');
  await many.getByRole('button', { name: 'Put it on' }).click();
  await page.getByText('1 campaign got the label.').waitFor();
  await row.getByText('West', { exact: true }).waitFor();
  await page.getByRole('combobox', { name: 'Label', exact: true }).click();
  await page.getByRole('option', { name: 'West' }).click();
  await page.waitForURL(/label=West/);
  await row.waitFor();
  await picture(page, 'story-campaign-labels');

  // Archived, it is in a tab of its own, and comes back.
  await row.getByRole('checkbox').check();
  await bar.getByRole('button', { name: 'Archive' }).click();
  await page.getByText('No campaign here fits these filters').waitFor();
  const said = page.getByRole('alert').filter({ hasText: 'The campaign is archived.' });
  await said.getByRole('button', { name: 'Undo' }).click();
  await row.waitFor();
  await page.getByRole('button', { name: 'More about Double points, Pune' }).click();
  await page.getByRole('menuitem', { name: 'Archive' }).click();
  await row.waitFor({ state: 'detached' });
  await page.getByRole('tab', { name: 'Archived' }).click();
  await row.getByRole('link').first().click();
  await page.getByRole('heading', { name: 'Double points, Pune' }).waitFor();
  await page.getByText('Archived', { exact: true }).waitFor();
  await accessible(page, 'an archived campaign');
  await picture(page, 'story-campaign-archived');
  await page.getByRole('button', { name: 'More about Double points, Pune' }).click();
  await page.getByRole('menuitem', { name: 'Take back into the list' }).click();
  await until('it is in the list', async () => !(await api.get(`/campaigns/${id}`)).body.archived_at);
  await page.goto(`${server.url}/campaigns?tab=finished`);
  // Sorted by name, and back; the address holds it.
  await page.getByRole('button', { name: 'Name', exact: true }).click();
  await page.waitForURL(/sort=name/);
  assert.equal(await page.getByRole('columnheader', { name: 'Name' }).getAttribute('aria-sort'), 'ascending');
}

/** What is planned stands in its month, on its day, in the viewer's zone. */
async function month(page, api) {
  const draft = (await api.get('/campaigns?state=draft')).body.data[0];
  const now = new Date();
  const year = now.getUTCFullYear() + (now.getUTCMonth() > 9 ? 1 : 0);
  const two = String(((now.getUTCMonth() + 2) % 12) + 1).padStart(2, '0');
  // Late in the evening there is the next day here.
  const planned = await api.post(`/campaigns/${draft.id}/launch`, { at: `${year}-${two}-14T20:30:00Z` });
  assert.equal(planned.status, 200, JSON.stringify(planned.body));
  await page.getByRole('tab', { name: 'Scheduled' }).click();
  await page.getByText('Month', { exact: true }).click();
  const after = page.getByRole('button', { name: 'The month after' });
  await after.click();
  await after.click();
  await page.waitForURL(new RegExp(`month=${year}-${two}`));
  const day = page.getByRole('cell').filter({ has: page.getByRole('link', { name: draft.name }) });
  await day.waitFor();
  assert.match(await day.textContent(), /^15 *02:00/, 'the time is the one in Kolkata');
  await accessible(page, 'the month');
  await picture(page, 'story-campaign-month');
  await page.reload();
  await day.waitFor();
  await page.getByRole('button', { name: 'This month' }).click();
  await day.waitFor({ state: 'detached' });
}
