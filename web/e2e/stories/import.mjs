// A file of people as an old spreadsheet writes it goes from its columns over a dry run, in which a bad row is corrected and the
// page is closed, to an import with one bad row; an opt-out stands against a file that says yes. The tray keeps what came of it.
// Then a person is looked at and changed by hand.
import assert from 'node:assert/strict';
import { accessible, fits, PHONE, picture, signIn, until, WIDE } from '../lib.mjs';

export const options = { demo: true };

const rows = Array.from({ length: 40 }, (_, n) => {
  const end = String(100 + n);
  return `+919999907${end};Person ${end};C-${end};yes;Zürich;${n};${1 + (n % 9)}/4/2026`;
});
const FILE = [
  'Mobile;Full name;customer_id;opt_in;Town;orders;Since',
  ...rows,
  '12;Too Short;C-900;yes;Pune;1;1/4/2026',
  '+919999907300;Neither Nor;C-901;perhaps;Pune;1;1/4/2026',
  '',
].join('\r\n');

/** The tray when nothing runs. */
const OVER = /jobs? (is|are) over/;

export async function story({ server, context, page }) {
  const { url } = server;
  const api = await signIn(context, url);
  const out = await api.post('/profiles', {
    phone: '+919999907105',
    identity: 'C-105',
    opt_in: false,
    opt_in_source: 'phone call',
  });
  assert.equal(out.status, 201, JSON.stringify(out.body));

  await page.goto(`${url}/profiles/import`);
  await page.getByRole('link', { name: 'Download a sample file' }).waitFor();
  await accessible(page, 'import, file');
  await page
    .getByLabel('Choose a CSV file, or drop it here')
    .setInputFiles({ name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(FILE, 'latin1') });
  const columns = page.getByRole('table', { name: 'Columns of the file' });
  await columns.waitFor();
  assert.equal(
    await columns.getByRole('combobox', { name: 'Use Mobile as', exact: true }).inputValue(),
    'Phone number',
  );
  await columns.getByRole('combobox', { name: 'Attribute that Town becomes' }).fill('city');
  const rows = page.getByRole('table', { name: 'The first rows' });
  await rows.getByText('Zürich').first().waitFor();
  await page.getByRole('combobox', { name: 'Encoding of the file' }).click();
  await page.getByRole('option', { name: 'utf-8' }).click();
  await page.getByText('Some of the file is no text in this encoding').waitFor();
  await page.getByRole('combobox', { name: 'Encoding of the file' }).click();
  await page.getByRole('option', { name: 'windows-1252' }).click();
  await rows.getByText('Zürich').first().waitFor();
  await page.getByRole('combobox', { name: 'Put everybody on a list' }).fill('People of the story');
  await page.getByLabel('Where the consent comes from').fill('shop form');
  await accessible(page, 'import, columns');
  await picture(page, 'import-columns');

  // The fourth of which month? Only a person can say.
  await page.getByRole('button', { name: 'Check the file' }).click();
  await page.getByText('Not ready yet').waitFor();
  await columns.getByRole('combobox', { name: 'Type of Since' }).click();
  await page.getByRole('option', { name: 'Date: 31/12/2026' }).click();
  await page.getByRole('button', { name: 'Check the file' }).click();
  await page.getByRole('button', { name: 'Import 40 rows' }).waitFor();
  await page.getByText('1 row asks for an opt-in of somebody who opted out: the opt-out stays.').waitFor();
  const bad = page.getByRole('list', { name: 'Rows that will be left out' });
  assert.equal(await bad.getByRole('listitem').count(), 2);
  assert.equal((await api.get('/profiles?identity=C-100')).body.data.length, 0, 'a check writes nothing');
  await accessible(page, 'import, check');
  await picture(page, 'import-check');
  await correct(page, bad);

  await page.getByRole('button', { name: 'Import 41 rows' }).click();
  await page.getByText('Finished', { exact: true }).waitFor();
  await page.getByText('1 opt-out was kept').waitFor();
  await tray(page);
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download the bad rows' }).click();
  await (await download).path();
  await accessible(page, 'import, job');
  await picture(page, 'import-job');
  await page.getByRole('link', { name: 'Show the people of People of the story' }).click();
  await page.getByText('41 people', { exact: true }).waitFor();
  await chooseColumns(page);
  await picture(page, 'profiles');

  await page.getByRole('searchbox', { name: 'Search' }).fill('person 105');
  await page.getByText('1 person', { exact: true }).waitFor();
  await accessible(page, 'profiles');
  await page.getByRole('link', { name: 'Person 105' }).click();
  await page.getByText('Campaigns leave this person out').waitFor();
  await changes(page, api, out.body.profile.id);

  await page.setViewportSize(PHONE);
  await fits(page, 'profile');
  await picture(page, 'profile-phone');
  await page.goto(`${url}/profiles`);
  await page.getByRole('table', { name: 'Profiles' }).waitFor();
  await fits(page, 'profiles');
  await picture(page, 'profiles-phone');
  await page.goto(`${url}/profiles/imports`);
  await page.getByRole('link', { name: 'people.csv' }).waitFor();
  await fits(page, 'imports');
  await accessible(page, 'imports');
  await page.setViewportSize(WIDE);
}

/** One of the bad rows is corrected, and is so still when the page is opened again. */
async function correct(page, bad) {
  const number = bad.getByRole('textbox', { name: 'Mobile in line 42' });
  await number.fill('123');
  await bad.getByRole('button', { name: 'Save line 42' }).click();
  await page.getByText('Line 42 does not fit yet.').waitFor({ state: 'attached' });
  await number.fill('+919999907299');
  await number.press('Enter');
  await bad.getByText('Corrected:').waitFor();
  await accessible(page, 'import, corrected');
  await picture(page, 'import-corrected');
  await page.setViewportSize(PHONE);
  await fits(page, 'import, corrected');
  await picture(page, 'import-corrected-phone');
  await page.setViewportSize(WIDE);
  await page.goto(page.url().replace(/import\?.*/, 'imports'));
  await page.getByRole('link', { name: 'people.csv' }).click();
  await page.getByText('Corrected:').waitFor();
  await page.getByRole('button', { name: 'All columns of line 43' }).click();
  await page.getByRole('textbox', { name: 'Full name in line 43' }).waitFor();
  await page.getByRole('button', { name: 'Back' }).click();
  await page.getByRole('table', { name: 'The first rows' }).getByText('Zürich').first().waitFor();
  await page.getByRole('button', { name: 'Check the file' }).click();
}

/** What came of the import stands in the tray until it is put away. */
async function tray(page) {
  await page.getByRole('button', { name: OVER }).click();
  const entry = page.getByRole('dialog').getByText('40 new, 1 changed, 0 as before. 1 bad row.');
  await entry.waitFor();
  await accessible(page, 'tray');
  await picture(page, 'tray');
  await page.getByRole('button', { name: 'Put people.csv away' }).click();
  await entry.waitFor({ state: 'detached' });
  await page.reload();
  // The customers of the demo came from a file, too.
  await page.getByRole('button', { name: OVER }).click();
  await page.getByRole('dialog').getByRole('link').first().waitFor();
  assert.equal(await page.getByRole('dialog').getByText('people.csv').count(), 0);
  await page.keyboard.press('Escape');
}

/** A column more, which is there again after a reload. */
async function chooseColumns(page) {
  const table = page.getByRole('table', { name: 'Profiles' });
  await page.getByRole('button', { name: 'Columns' }).click();
  const choice = page.getByRole('dialog', { name: 'Columns' });
  await choice.getByRole('checkbox', { name: 'city' }).check();
  await choice.getByRole('checkbox', { name: 'Identity' }).uncheck();
  await accessible(page, 'choosing columns');
  await page.keyboard.press('Escape');
  await page.reload();
  await table.getByRole('columnheader', { name: 'city' }).waitFor();
  assert.equal(await table.getByRole('columnheader', { name: 'Identity' }).count(), 0);
}

/** An attribute is added and removed; an opt-in is recorded with its proof and stands in the history. */
async function changes(page, api, id) {
  const one = async () => (await api.get(`/profiles/${id}`)).body;
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  const form = page.getByRole('dialog');
  await form.getByRole('combobox', { name: 'Name' }).fill('points');
  await form.getByText('Number', { exact: true }).click();
  await form.getByLabel('Value').fill('12.5');
  await accessible(page, 'attribute');
  await form.getByRole('button', { name: 'Save' }).click();
  await until('the attribute is a number', async () => (await one()).attributes.points === 12.5);
  await page.getByRole('button', { name: 'Remove points' }).click();
  await until('the attribute is gone', async () => !('points' in (await one()).attributes));

  await page.getByRole('button', { name: 'Record a decision' }).click();
  const consent = page.getByRole('dialog');
  await consent.getByText('This person opted out. Record an opt-in only').waitFor();
  await consent.getByLabel('Where it comes from').fill('visit to the shop');
  await consent.getByLabel('Proof').fill('Asked for offers again.');
  await accessible(page, 'decision');
  await consent.getByRole('button', { name: 'Record the opt-in' }).click();
  await page.getByText('Campaigns can write to this person.').waitFor();
  await page.getByText('Consent only').click();
  await page.getByRole('region', { name: 'History' }).getByText('Asked for offers again.').waitFor();
  assert.equal((await one()).consent, 'opted_in');
  await accessible(page, 'profile');
  await picture(page, 'profile');
}
