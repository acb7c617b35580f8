// Acts on people: some are chosen by keyboard and opted out, all who match are put on a new list, which is kept and changed,
// conditions find somebody, two profiles of one number become one, and a person is erased with a receipt.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { accessible, looks, OWNER, picture, signIn, until } from '../lib.mjs';

export const options = { demo: true };

const number = (n) => `+9199999${70_000 + n}`;
const FILE = ['phone,name,opt_in', ...Array.from({ length: 140 }, (_, n) => `${number(n)},Walker ${n},yes`)];

export async function story({ server, context, page, expect }) {
  const { url } = server;
  const api = await signIn(context, url);
  const sent = await context.request.fetch(`${url}/api/v1/imports?list=Walkers&source=form`, {
    method: 'POST',
    headers: { 'x-harkara': '1', 'content-type': 'text/csv' },
    data: FILE.join('\n'),
  });
  assert.equal(sent.status(), 202, await sent.text());
  const { id } = await sent.json();
  await until('the import', async () => (await api.get(`/imports/${id}`)).body.state === 'finished');
  const twin = {
    identity: 'CRM-7',
    phone: number(7),
    name: 'Walker the Seventh',
    attributes: { pet: 'Bruno' },
  };
  assert.equal((await api.post('/profiles', twin)).status, 201);

  await isWrittenTo(page, api, server);
  await optsOut(page, api, url);
  await fillsAList(page, api, url);
  await keepsLists(page, api, url, expect);
  await asksForConditions(page, url);
  await merges(page, api, url);
  await erases(page, api, url, expect);
}

const only = async (api, query) => (await api.get(`/profiles?${query}`)).body.data[0];

/** Somebody who never wrote gets a template; what they do then stands on the page that is open. */
async function isWrittenTo(page, api, server) {
  const person = await only(api, 'search=Walker 139');
  await page.goto(`${server.url}/profiles/${person.id}`);
  await page.getByRole('link', { name: 'Walkers' }).waitFor();
  await page.getByRole('button', { name: 'Send a template' }).click();
  const dialog = page.getByRole('dialog');
  await accessible(page, 'choosing a template for a person');
  await dialog.getByRole('button', { name: /^welcome_offer/ }).click();
  const preview = dialog.getByRole('article', { name: 'Preview of the message' });
  await dialog.getByLabel('Value of {{1}}').fill('dear walker');
  await dialog.getByLabel('Value of {{2}}').fill('Pune');
  await preview.getByText('dear walker').waitFor();
  await looks(page, 'person-template');
  await dialog.getByRole('button', { name: 'Send the template' }).click();
  await page.getByText('On its way. What becomes of it stands in the history.').waitFor();
  await dialog.waitFor({ state: 'hidden' });
  const history = page.getByRole('region', { name: 'History' });
  await history
    .getByText(/^(Delivered|Read)$/)
    .first()
    .waitFor();

  // They answer, and then stop everything: the page knows without being asked anew.
  const says = async (text) => {
    const said = await fetch(`${server.simulator}/__sim/inbound`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ customer: number(139).replace('+', ''), type: 'text', text }),
    });
    assert.ok(said.ok, await said.text());
  };
  await says('Where is your shop?');
  await page.getByText(/^They wrote, so they can be answered freely until/).waitFor();
  await page.getByRole('link', { name: 'Open the chat' }).waitFor();
  await page.getByRole('button', { name: 'Send a template' }).waitFor({ state: 'detached' });
  await looks(page, 'person-wrote');
  await says('STOP');
  await page.getByText('Campaigns leave this person out').waitFor();
  // Somebody else gives them another name meanwhile.
  await api.patch(`/profiles/${person.id}`, { name: 'Walker the Last' });
  await page.getByRole('heading', { level: 1, name: 'Walker the Last' }).waitFor();
  await api.patch(`/profiles/${person.id}`, { name: 'Walker 139' });
}

/** Two people, chosen with the keyboard alone. */
async function optsOut(page, api, url) {
  await page.goto(`${url}/profiles?q=Walker 12`);
  for (const name of ['Walker 12', 'Walker 125']) {
    await page.getByRole('checkbox', { name: `Choose ${name}`, exact: true }).focus();
    await page.keyboard.press('Space');
  }
  await page.getByText('2 people are chosen').waitFor();
  await looks(page, 'people-chosen');
  const act = page.getByRole('button', { name: 'Opt out', exact: true });
  await act.focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Opt out 2 people?' });
  const go = dialog.getByRole('button', { name: 'Opt them out' });
  assert.ok(await go.isDisabled(), 'nobody is opted out by a slip');
  await dialog.getByLabel('Type 2 to go on').fill('2');
  await accessible(page, 'opting out many');
  await picture(page, 'people-opt-out');
  await go.click();
  await page.getByText('Finished: 2 changed, the others were so already.').waitFor();
  const row = page.getByRole('row', { name: /Walker 125/ });
  await row.getByText('Opted out').waitFor();
  const person = await only(api, 'search=Walker 125');
  assert.deepEqual([person.consent, person.consent_source], ['opted_out', `dashboard: ${OWNER.name}`]);
  assert.equal((await only(api, 'search=Walker 126')).consent, 'opted_in');
}

/** All who match, also those who are not on the page yet. */
async function fillsAList(page, api, url) {
  const walkers = (await api.get('/lists')).body.data.find(({ name }) => name === 'Walkers');
  await page.goto(`${url}/profiles?list=${walkers.id}`);
  await page.getByRole('checkbox', { name: 'Choose everybody shown' }).click();
  await page.getByText('100 people are chosen').waitFor();
  await page.getByRole('button', { name: 'Choose all 140 who match' }).click();
  await page.getByText('All 140 people who match are chosen').waitFor();
  await page.getByRole('button', { name: 'Put on a list' }).click();
  const dialog = page.getByRole('dialog', { name: 'Put 140 people on a list' });
  await dialog.getByLabel('List').fill('Autumn');
  await accessible(page, 'putting many on a list');
  await dialog.getByRole('button', { name: 'Make the list' }).click();
  await page.getByText('Finished: 140 changed, the others were so already.').waitFor();
  await looks(page, 'people-acts');
  await page.getByRole('link', { name: 'Show the list' }).click();
  await page.getByText('140 people', { exact: true }).waitFor();
  await page.getByText('are chosen').waitFor({ state: 'detached' });
}

/** People go off a list and come back, one more comes; the list gets another name, is deleted, and taken back. */
async function keepsLists(page, api, url, expect) {
  for (const name of ['Walker 130', 'Walker 131'])
    await page.getByRole('checkbox', { name: `Choose ${name}`, exact: true }).click();
  await page.getByRole('button', { name: 'Take off this list' }).click();
  await page.getByText('2 people are off the list "Autumn".').waitFor();
  await page.getByText('138 people', { exact: true }).waitFor();
  await picture(page, 'people-off-list');
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByText('140 people', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Add a person' }).click();
  const adding = page.getByRole('dialog', { name: 'Add a person to the list' });
  await adding.getByRole('combobox', { name: 'Person' }).fill('Walker the Sev');
  await page.getByRole('option', { name: /Walker the Seventh/ }).click();
  await accessible(page, 'adding a person to a list');
  await adding.getByRole('button', { name: 'Add to the list' }).click();
  await page.getByText('141 people', { exact: true }).waitFor();

  await page.goto(`${url}/profiles/lists`);
  const row = page.getByRole('row', { name: /^Autumn 141/ });
  await row.getByText(`by ${OWNER.name}`).waitFor();
  await row.getByText('No campaign').waitFor();
  await looks(page, 'lists');
  await row.getByRole('button', { name: 'More about Autumn' }).click();
  await page.getByRole('menuitem', { name: 'Rename' }).click();
  const naming = page.getByRole('dialog', { name: 'Rename the list' });
  expect(/422/);
  await naming.getByLabel('Name').fill('Walkers');
  await naming.getByRole('button', { name: 'Rename' }).click();
  await naming.getByText('There is a list of this name already. Choose another name.').waitFor();
  await accessible(page, 'renaming a list');
  await naming.getByLabel('Name').fill('Winter');
  await naming.getByRole('button', { name: 'Rename' }).click();
  await page.getByRole('link', { name: 'Winter' }).waitFor();
  await page.getByRole('button', { name: 'More about Winter' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  const asking = page.getByRole('dialog', { name: 'Delete the list "Winter"?' });
  await asking.getByText('141 people are on it, and stay.').waitFor();
  await looks(page, 'lists-delete');
  await asking.getByRole('button', { name: 'Delete the list' }).click();
  await page.getByRole('link', { name: 'Winter' }).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Recently deleted' }).click();
  await page.getByRole('row', { name: /^Winter/ }).waitFor();
  await looks(page, 'lists-deleted');
  await page.getByRole('button', { name: 'Take back' }).click();
  await page.getByText('No list was deleted in the last 30 days').waitFor();
  const { body } = await api.get('/lists?search=winter');
  assert.deepEqual([body.data.length, body.data[0].size], [1, 141]);
}

/** Whoever has something is found by it, also when the page is opened anew, and is taken out as a file. */
async function asksForConditions(page, url) {
  await page.goto(`${url}/profiles`);
  await page.getByRole('button', { name: 'Conditions' }).click();
  const dialog = page.getByRole('dialog', { name: 'Show people by what is known about them' });
  await dialog.getByRole('combobox', { name: 'Attribute' }).fill('pet');
  await page.keyboard.press('Escape');
  await dialog.getByRole('combobox', { name: 'Value' }).fill('bruno');
  await page.keyboard.press('Escape');
  await accessible(page, 'writing conditions');
  await picture(page, 'people-conditions-dialog');
  await dialog.getByRole('button', { name: 'Show these people' }).click();
  await page.getByText('1 person', { exact: true }).waitFor();
  await page.reload();
  await page.getByText('pet is bruno').waitFor();
  await page.getByRole('row', { name: /Walker the Seventh/ }).waitFor();
  await looks(page, 'people-conditions');
  const begun = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download these as CSV' }).click();
  const lines = readFileSync(await (await begun).path(), 'utf8')
    .trim()
    .split('\n');
  assert.equal(lines.length, 2);
  assert.match(lines[0], /^identity,phone,name,consent,consent_source,.*,pet,/);
  assert.match(lines[1], /^CRM-7,.*,Bruno,/);
  await page.getByRole('button', { name: 'Remove: pet is bruno' }).click();
  await page.getByText('pet is bruno').waitFor({ state: 'detached' });
}

/** The open profile wins, and gets what it does not have. */
async function merges(page, api, url) {
  const person = await only(api, 'identity=CRM-7');
  const other = (await api.get(`/profiles?phone=${encodeURIComponent(number(7))}`)).body.data.find(
    ({ id }) => id !== person.id,
  );
  await page.goto(`${url}/profiles/${other.id}`);
  await page.getByText('1 other profile has this number').waitFor();
  await looks(page, 'people-duplicate');
  await page.getByRole('button', { name: 'Merge Walker the Seventh into this profile' }).click();
  const dialog = page.getByRole('dialog', { name: 'Make one profile of two' });
  await dialog.getByRole('row', { name: 'Name Walker 7 Walker the Seventh' }).waitFor();
  await dialog.getByRole('row', { name: 'pet Bruno Nothing: it is filled in' }).waitFor();
  await dialog.getByText('It cannot be undone.').waitFor();
  await looks(page, 'people-merge');
  await dialog.getByRole('button', { name: 'Merge for good' }).click();
  await page.getByText('Walker the Seventh is part of this profile now.').waitFor();
  await page.getByText('1 other profile has this number').waitFor({ state: 'detached' });
  assert.equal((await api.get(`/profiles/${other.id}`)).body.attributes.pet, 'Bruno');
  assert.equal((await api.get(`/profiles/${person.id}`)).status, 404);
}

/** A receipt says what went and what stays. */
async function erases(page, api, url, expect) {
  const person = await only(api, 'search=Walker 125');
  await page.goto(`${url}/profiles/${person.id}`);
  await page.getByRole('button', { name: 'More for this person' }).click();
  await page.getByRole('menuitem', { name: 'Erase this person' }).click();
  const dialog = page.getByRole('dialog', { name: 'Erase this person?' });
  await dialog.getByLabel('Type Walker 125 to go on').fill('Walker 125');
  await looks(page, 'people-erase');
  await dialog.getByRole('button', { name: 'Erase for good' }).click();
  await page.getByRole('heading', { level: 1, name: 'The person was erased' }).waitFor();
  await page.getByText('The number stays opted out').waitFor();
  await page.getByText(`By: ${OWNER.name}`).waitFor();
  await looks(page, 'people-erased');
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download the receipt' }).click();
  const text = readFileSync(await (await download).path(), 'utf8');
  assert.ok(text.includes(`Profile: ${person.id}`) && text.includes('- Places on lists: 2'), text);
  assert.ok(!text.includes('Walker') && !text.includes(number(125)), 'a receipt names nobody');
  assert.equal((await api.get(`/profiles/${person.id}`)).status, 404);

  // Whoever comes back is as opted out as before.
  const back = await api.post('/profiles', { phone: number(125), opt_in: true, opt_in_source: 'form' });
  assert.deepEqual(
    [back.status, back.body.profile.consent, back.body.opt_out_kept],
    [201, 'opted_out', true],
  );
  const noted = (await api.get('/audit?action=profile.erase')).body.data[0];
  assert.deepEqual([noted.object_id, noted.object_name], [person.id, '']);
  expect(/404/);

  await page.evaluate(() => localStorage.setItem('harkara.language', 'hi'));
  const walker = await only(api, 'search=Walker 126');
  await page.goto(`${url}/profiles/${walker.id}`);
  await page.getByRole('button', { name: 'इस व्यक्ति के लिए और' }).click();
  await page.getByRole('menuitem', { name: 'इस व्यक्ति को मिटाएँ' }).click();
  await page.getByRole('dialog', { name: 'इस व्यक्ति को मिटाएँ?' }).getByRole('textbox').fill('Walker 126');
  await accessible(page, 'erasing in Hindi');
  await picture(page, 'people-erase-hindi');
  await page.getByRole('button', { name: 'हमेशा के लिए मिटाएँ' }).click();
  await page.getByRole('heading', { level: 1, name: 'व्यक्ति को मिटाया गया' }).waitFor();
  await picture(page, 'people-erased-hindi');
  await page.goto(`${url}/profiles?q=Walker 13`);
  await page.getByRole('checkbox', { name: 'दिखाए गए सभी को चुनें' }).click();
  await page.getByText('11 लोग चुने गए').waitFor();
  await picture(page, 'people-chosen-hindi');
}
