// A file is imported, one of its people is changed by hand, a campaign waits for its list; the import is undone, with the
// numbers said before, and what was used stays. A viewer is not offered it.
import assert from 'node:assert/strict';
import { accessible, looks, signIn, until } from '../lib.mjs';

export const options = { demo: true };

const rows = Array.from({ length: 40 }, (_, n) => {
  const end = String(100 + n);
  return `+919999907${end},Person ${end},C-${end},${n === 7 ? 'no' : 'yes'},Pune`;
});
const FILE = ['phone,name,customer_id,opt_in,city', ...rows, ''].join('\r\n');

export async function story({ server, context, page }) {
  const { url } = server;
  const api = await signIn(context, url);
  const known = await api.post('/profiles', {
    phone: '+919999907101',
    identity: 'C-101',
    name: 'Known Before',
    attributes: { city: 'Delhi' },
  });
  assert.equal(known.status, 201, JSON.stringify(known.body));

  await page.goto(`${url}/profiles/import`);
  await page
    .getByLabel('Choose a CSV file, or drop it here')
    .setInputFiles({ name: 'wrong.csv', mimeType: 'text/csv', buffer: Buffer.from(FILE) });
  await page.getByRole('combobox', { name: 'Put everybody on a list' }).fill('Wrong file');
  await page.getByRole('button', { name: 'Check the file' }).click();
  await page.getByRole('button', { name: 'Import 40 rows' }).click();
  await page.getByText('Finished', { exact: true }).waitFor();
  const job = page.url().match(/imp_\w+/)[0];

  const one = async (identity) => (await api.get(`/profiles?identity=${identity}`)).body.data[0];
  const changed = await one('C-102');
  await api.patch(`/profiles/${changed.id}`, { name: 'Corrected by hand' });
  await campaignTo(api, 'Wrong file');

  await page.getByRole('button', { name: 'Undo this import' }).click();
  const dialog = page.getByRole('dialog');
  const figures = dialog.getByRole('table', { name: 'What the undo comes to' });
  const count = (table, label) =>
    table.getByRole('row').filter({ hasText: label }).getByRole('cell').innerText();
  assert.equal(await count(figures, 'New people removed'), '38');
  assert.equal(await count(figures, 'People put back as they were'), '1');
  assert.equal(await count(figures, 'Stays: changed since'), '1');
  assert.equal(await count(figures, 'Opt-outs of the file, which stay'), '1');
  await dialog.getByText('A campaign to this list is not at its end').waitFor();
  await dialog.getByRole('link', { name: 'Lamps' }).waitFor();
  await looks(page, 'undo-asked');
  await dialog.getByRole('button', { name: 'Undo the import' }).click();
  await page.getByText('This import is undone').waitFor();
  const outcome = page.getByRole('region', { name: 'Undo' }).getByRole('table');
  assert.equal(await count(outcome, 'New people removed'), '38');
  assert.equal(await page.getByRole('button', { name: 'Undo this import' }).count(), 0);
  await looks(page, 'undo-done');

  const before = await one('C-101');
  assert.deepEqual([before.name, before.attributes.city], ['Known Before', 'Delhi']);
  assert.equal((await one('C-102')).name, 'Corrected by hand');
  assert.equal(await one('C-103'), undefined);
  const back = await api.post('/profiles', { phone: '+919999907107', identity: 'C-107' });
  assert.equal(back.status, 201, JSON.stringify(back.body));
  assert.equal((await one('C-107')).consent, 'opted_out', 'an opt-out is by number, and stays');
  const again = await api.get(`/imports/${job}`);
  assert.equal(again.body.undo.finished, true);

  await fromTheList({ page, api, url });
}

async function campaignTo(api, name) {
  const list = (await api.get('/lists')).body.data.find((one) => one.name === name);
  const template = (await api.get('/templates')).body.data.find((one) => one.status === 'approved');
  const made = await api.post('/campaigns', {
    name: 'Lamps',
    template_id: template.id,
    audience: { type: 'list', list_id: list.id },
    mapping: { body: [1, 2, 3].map(() => ({ from: 'text', text: 'lamps' })) },
  });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const at = new Date(Date.now() + 30 * 86_400_000).toISOString();
  const launched = await api.post(`/campaigns/${made.body.id}/launch`, { at });
  assert.equal(launched.body.state, 'scheduled', JSON.stringify(launched.body));
}

/** Another import is undone from the list of imports. */
async function fromTheList({ page, api, url }) {
  const sent = await page.request.fetch(`${url}/api/v1/imports?file_name=second.csv`, {
    method: 'POST',
    headers: { 'x-harkara': '1', 'content-type': 'text/csv' },
    data: 'phone,name\n+919999907900,Second\n',
  });
  const { id } = await sent.json();
  await until('it is in', async () => (await api.get(`/imports/${id}`)).body.state === 'finished');
  await page.goto(`${url}/profiles/imports`);
  await page.getByRole('row').filter({ hasText: 'wrong.csv' }).getByText('Undone').waitFor();
  await looks(page, 'undo-list');
  await page.getByRole('button', { name: 'Undo the import of second.csv' }).click();
  // A click into the dialog is none on the row behind it.
  await page.getByRole('dialog').getByText('An opt-out always stays.').click();
  assert.ok(page.url().endsWith('/profiles/imports'), page.url());
  await page.getByRole('dialog').getByRole('button', { name: 'Undo the import' }).click();
  await page.getByRole('row').filter({ hasText: 'second.csv' }).getByText('Undone').waitFor();
  await accessible(page, 'imports, undone');
}
