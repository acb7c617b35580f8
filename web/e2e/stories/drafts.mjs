// Two people at one draft: what the creator plans is when the approver launches it; who writes at the same time as somebody
// else is shown what the other changed and decides; the first campaign to real people asks.
import assert from 'node:assert/strict';
import { accessible, apiOf, looks, openBrowser, openPage, picture, signIn, until } from '../lib.mjs';

export const options = { demo: true };
const ASHA = { email: 'asha@example.com', name: 'Asha Creator', password: 'four plain words here' };

const step = (page, name) =>
  page
    .getByRole('navigation', { name: 'Steps' })
    .getByRole('link', { name: new RegExp(`^${name}`) })
    .click();
const saved = (page) => page.getByTestId('saved').getByText('Saved', { exact: true }).waitFor();

export async function story({ server, context, page, wrong, expect }) {
  const { url } = server;
  const api = await signIn(context, url);
  const other = await openBrowser();
  try {
    const asha = await openPage(other.context, url);
    const theirs = apiOf(other.context, url);
    const invited = await api.post('/invites', { email: ASHA.email, role: 'creator' });
    const token = invited.body.url.split('/').pop();
    const { name, password } = ASHA;
    assert.equal((await theirs.post('/invites/accept', { token, name, password })).status, 201);
    for (const one of [asha.expect, expect]) one(/409.*\/api\/v1\/(campaigns|templates)/);
    const two = { url, page, api, asha: asha.page };
    await plan(two);
    await write(two);
    await words(two);
    await hours(two);
    wrong.push(...asha.wrong);
  } finally {
    await other.close();
  }
  await first({ server, page, api });
}

/** The date of the day after tomorrow in Kolkata. */
const day = () => new Date(Date.now() + (48 + 5.5) * 3_600_000).toISOString().slice(0, 10);

/** Few enough that their number alone asks for nothing. */
const audience = { type: 'conditions', all: [{ attribute: 'first_name', is: 'equal', value: 'Asha' }] };

async function draftOf(api, name, { template_id, mapping }) {
  const made = await api.post('/campaigns', { name, template_id, audience, mapping });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  return made.body;
}

async function plan({ url, page, api, asha }) {
  const like = (await api.get('/campaigns?state=draft&search=Welcome%20offer')).body.data[0];
  const { id } = await draftOf(api, 'Planned by Asha', like);
  await asha.goto(`${url}/campaigns/${id}/edit?step=when`);
  await asha.getByRole('radio', { name: 'At a date and time' }).check();
  await asha.getByRole('textbox', { name: 'Date' }).fill(day());
  await asha.getByRole('textbox', { name: 'Time' }).fill('18:00');
  await saved(asha);
  await asha.getByText(/^A draft, planned for .*18:00/).waitFor();
  await looks(asha, 'story-drafts-planned');

  // The approver has another browser, and it is the same time.
  await page.goto(`${url}/campaigns?tab=drafts`);
  const row = page.getByRole('row').filter({ hasText: 'Planned by Asha' });
  await row.getByText(/^Planned for .*18:00/).waitFor();
  await looks(page, 'story-drafts-list');
  await row.getByRole('link', { name: 'Planned by Asha' }).click();
  await step(page, 'Review');
  await page.getByText(/^It starts at .*18:00/).waitFor();
  await page.getByRole('button', { name: /^Schedule for \d/ }).click();
  await page
    .getByTestId('sentence')
    .getByText(/^Starts at .*18:00/)
    .waitFor();
  const { body } = await api.get(`/campaigns/${id}`);
  assert.equal(new Date(body.scheduled_at).toISOString(), `${day()}T12:30:00.000Z`);

  // A time that has passed is red for everybody, and leads to where it is mended.
  const passed = await draftOf(api, 'Too late', like);
  const change = { ...passed, starts: { local: '2020-01-01T09:00', zone: 'Asia/Kolkata' } };
  const { name, template_id, mapping, starts } = change;
  await api.put(`/campaigns/${passed.id}`, { name, template_id, audience, mapping, starts });
  await page.goto(`${url}/campaigns/${passed.id}/edit?step=review`);
  await page.getByText('The time to start has passed.').waitFor();
  assert.ok(await page.getByRole('button', { name: /^Schedule for/ }).isDisabled());
  await page.getByRole('link', { name: 'Fix' }).first().click();
  await page.waitForURL(/step=when/);
}

const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];

/** Whom a campaign leaves out and when it rests: seen before it is launched, and on its page. */
async function hours({ url, page, api }) {
  const like = (await api.get('/campaigns?state=draft&search=Welcome%20offer')).body.data[0];
  const draft = await draftOf(api, 'Quiet by night', like);
  await page.goto(`${url}/campaigns/${draft.id}/edit?step=who`);
  const lists = page.getByRole('combobox', { name: 'People on these lists' });
  await lists.click();
  await page.getByRole('option', { name: /^Demo people/ }).click();
  const leftOut = page.getByText('are on a list that is left out');
  await leftOut.waitFor();
  await page.keyboard.press('Escape');
  await saved(page);
  await looks(page, 'story-drafts-left-out');
  await accessible(page, 'who is left out');
  await lists.press('Backspace');
  await leftOut.waitFor({ state: 'detached' });

  await step(page, 'When');
  await page.getByRole('switch', { name: 'Quiet hours' }).check({ force: true });
  await page.getByRole('group', { name: 'Monday' }).getByLabel('Monday, from').fill('20:30');
  await page.getByRole('switch', { name: 'Cut-off' }).check({ force: true });
  await saved(page);
  await page.getByText(/^Nothing leaves after .*\d\./).waitFor();
  await looks(page, 'story-drafts-hours');
  await accessible(page, 'quiet hours and cut-off');
  const written = (await api.get(`/campaigns/${draft.id}`)).body;
  assert.deepEqual(written.quiet.days.monday, [{ from: '20:30', to: '09:00', next_day: true }]);
  assert.deepEqual(written.quiet.days.sunday, [{ from: '21:00', to: '09:00', next_day: true }]);
  assert.ok(written.ends.at > Date.now());

  // Quiet at every hour of this test, whenever it runs; the day on which it may leave is never near.
  const today = (new Date().getUTCDay() + 6) % 7;
  const whole = [{ from: '00:00', to: '24:00' }];
  const days = Object.fromEntries(DAYS.map((day, n) => [day, n === (today + 3) % 7 ? [] : whole]));
  const { name, template_id, mapping } = written;
  const quiet = { zone: 'Asia/Kolkata', days };
  const changed = await api.put(`/campaigns/${draft.id}`, { name, template_id, audience, mapping, quiet });
  assert.equal(changed.status, 200, JSON.stringify(changed.body));
  assert.equal((await api.post(`/campaigns/${draft.id}/launch`, {})).status, 200);
  await page.goto(`${url}/campaigns/${draft.id}`);
  await page.getByText(/^Waiting: quiet hours until .*00:00 \(Asia\/Kolkata\)$/).waitFor();
  await looks(page, 'story-drafts-quiet');
  await accessible(page, 'a campaign in its quiet hours');
  assert.equal((await api.post(`/campaigns/${draft.id}/stop`, {})).status, 200);
}

async function write({ url, page, api, asha }) {
  const like = (await api.get('/campaigns?state=draft&search=Welcome%20offer')).body.data[0];
  const { id } = await draftOf(api, 'Written by two', like);
  const path = `${url}/campaigns/${id}/edit`;
  const nameOf = (of) => of.getByLabel('Name', { exact: true });
  for (const one of [page, asha]) await one.goto(`${path}?step=who`);
  await nameOf(asha).waitFor();
  await nameOf(page).waitFor();
  // Asha types while the other's change is on its way: her page has not heard of it.
  await asha.route('**/api/v1/campaigns/**', (route) =>
    route.request().method() === 'PUT'
      ? new Promise((go) => setTimeout(go, 1500)).then(() => route.continue())
      : route.continue(),
  );
  await nameOf(asha).fill('As Asha calls it');
  await nameOf(page).fill('As the owner calls it');
  await saved(page);
  const apart = asha.getByRole('alert').filter({ hasText: 'Meera Owner changed this meanwhile' });
  await apart.waitFor();
  await apart.getByText('As Asha calls it').waitFor();
  await apart.getByText('As the owner calls it').waitFor();
  assert.equal(await nameOf(asha).inputValue(), 'As Asha calls it', 'what was typed is there');
  await asha.getByTestId('saved').getByText('Not saved: somebody else changed it').waitFor();
  await looks(asha, 'story-drafts-apart');
  // Not even a reload loses it.
  await asha.reload();
  await apart.waitFor();
  assert.equal(await nameOf(asha).inputValue(), 'As Asha calls it');
  await apart.getByRole('button', { name: 'Keep mine' }).click();
  await apart.waitFor({ state: 'detached' });
  await saved(asha);
  await until('the owner sees it', async () => (await nameOf(page).inputValue()) === 'As Asha calls it');

  // The other way round.
  await nameOf(asha).fill('Asha again');
  await nameOf(page).fill('The owner again');
  await saved(page);
  await apart.getByRole('button', { name: 'Take theirs' }).click();
  assert.equal(await nameOf(asha).inputValue(), 'The owner again');
  await asha.unroute('**/api/v1/campaigns/**');

  // Alone one never meets oneself, however fast one types.
  await nameOf(asha).press('End');
  await nameOf(asha).pressSequentially(', and all by herself', { delay: 60 });
  await saved(asha);
  assert.equal((await api.get(`/campaigns/${id}`)).body.name, 'The owner again, and all by herself');
  assert.equal(await apart.count(), 0);
}

async function words({ url, page, api, asha }) {
  const account_id = (await api.get('/accounts')).body.data[0].id;
  const content = { body: 'Come and see us' };
  const made = await api.post('/templates', {
    account_id,
    name: 'by_two',
    language: 'en',
    category: 'marketing',
    content,
  });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const bodyOf = (of) => of.getByRole('textbox', { name: 'Text', exact: true });
  for (const one of [page, asha]) {
    await one.goto(`${url}/templates/${made.body.id}`);
    await bodyOf(one).waitFor();
  }
  // What cannot be saved yet waits in her browser; the owner's words are saved by themselves.
  await bodyOf(asha).fill('Asha asks you to come {{1}}');
  await asha.getByText('Kept in this browser until it can be saved').waitFor();
  await bodyOf(page).fill('The owner asks you to come');
  await until(
    'the words of the owner are saved',
    async () =>
      (await api.get(`/templates/${made.body.id}`)).body.content.body === 'The owner asks you to come',
  );
  await page.getByText('All saved').waitFor();
  await bodyOf(asha).fill('Asha asks you to come');
  const apart = asha.getByRole('alert').filter({ hasText: 'Meera Owner changed this meanwhile' });
  await apart.getByText('Asha asks you to come').waitFor();
  await apart.getByText('The owner asks you to come').waitFor();
  assert.equal(await bodyOf(asha).inputValue(), 'Asha asks you to come');
  await looks(asha, 'story-drafts-template');
  await apart.getByRole('button', { name: 'Keep mine' }).click();
  await asha.getByText('All saved').waitFor();
  assert.equal((await api.get(`/templates/${made.body.id}`)).body.content.body, 'Asha asks you to come');
  await until('the owner sees it', async () => (await bodyOf(page).inputValue()) === 'Asha asks you to come');
}

async function first({ server, page, api }) {
  const gateway = await api.post('/accounts', {
    provider: 'generic',
    settings: { nickname: 'A real one', number: '+919999900077', endpoint: `${server.simulator}/nothing` },
  });
  assert.equal(gateway.status, 201, JSON.stringify(gateway.body));
  const template = await api.post('/templates', {
    account_id: gateway.body.id,
    name: 'first_time',
    language: 'en',
    category: 'marketing',
    content: { body: 'Hello' },
    status: 'approved',
  });
  assert.equal(template.status, 201, JSON.stringify(template.body));
  const { id } = await draftOf(api, 'To real people', { template_id: template.body.id });
  await page.goto(`${server.url}/campaigns/${id}/edit?step=review`);
  const send = page.getByRole('button', { name: /^Send to \d/ });
  await send.click();
  const question = page.getByRole('dialog', { name: 'Send this campaign?' });
  await question
    .getByText('It is the first campaign from this account, and it goes to real people.')
    .waitFor();
  const act = question.getByRole('button', { name: /^Send to/ });
  assert.ok(await act.isDisabled());
  await accessible(page, 'the question before the first campaign');
  await picture(page, 'story-drafts-first');
  const people = (await act.textContent()).replaceAll(/\D/g, '');
  await question.getByLabel(`Type ${people} to go on`).fill(people);
  await act.click();
  await page
    .getByTestId('sentence')
    .getByText(/^Starts in a few seconds/)
    .waitFor();
}
