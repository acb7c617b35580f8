// A key is made for a task, used, and revoked; the log of callbacks is read and one applied again; the API is looked up.
import assert from 'node:assert/strict';
import { accessible, fits, looks, PHONE, picture, signIn, until, WIDE } from '../lib.mjs';

export const options = { demo: true };

export async function story({ server, context, page }) {
  const { url } = server;
  const api = await signIn(context, url);
  await keys(page, url);
  await callbacks(page, url, api);
  await attempts(page, url, server, api);
  await reference(page, url, context);
}

async function keys(page, url) {
  await page.goto(`${url}/developers`);
  await page.getByRole('button', { name: 'New API key' }).first().click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Name').fill('Web shop');
  assert.ok(
    await form.getByRole('button', { name: 'Make the key' }).isDisabled(),
    'it must be for something',
  );
  await form.getByRole('button', { name: 'Send messages' }).click();
  assert.ok(await form.getByLabel('send single messages, and send them again').isChecked());
  await accessible(page, 'new key');
  await picture(page, 'key-new');
  await form.getByRole('button', { name: 'Make the key' }).click();
  const key = await page.getByLabel('API key', { exact: true }).inputValue();
  assert.match(key, /^hk_/);
  await page.getByRole('region', { name: 'Request with curl' }).getByText(key).waitFor();
  await accessible(page, 'key shown once');
  await page.getByRole('button', { name: 'I have kept it' }).click();

  const ask = (path) => fetch(`${url}/api/v1${path}`, { headers: { authorization: `Bearer ${key}` } });
  assert.equal((await ask('/accounts')).status, 200);
  const refused = await ask('/campaigns');
  assert.equal(refused.status, 403);
  assert.equal((await refused.json()).code, 'not_allowed');

  await page.reload();
  const row = page.getByRole('row', { name: /Web shop/ });
  await row.getByText(key.slice(-4)).waitFor();
  assert.equal(await row.getByText('Never').count(), 0, 'its use is seen');
  await row.getByRole('button', { name: '4 permissions' }).click();
  await page.getByText('send single messages, and send them again').waitFor();
  await page.keyboard.press('Escape');
  const next = await replaced(page, url, row, ask);
  await row.getByRole('button', { name: 'Revoke' }).first().click();
  const question = page.getByRole('dialog');
  const act = question.getByRole('button', { name: 'Revoke the key' });
  assert.ok(await act.isDisabled(), 'the name is typed first');
  await question.getByRole('textbox').fill('Web shop');
  await act.click();
  await row.waitFor({ state: 'detached' });
  const dead = await fetch(`${url}/api/v1/accounts`, { headers: { authorization: `Bearer ${next}` } });
  assert.equal(dead.status, 401);
  assert.equal((await dead.json()).code, 'bad_api_key');
  await page.getByRole('switch', { name: 'Show keys that ended' }).click();
  await row.getByText('Revoked').waitFor();
  await row.getByText('Expired').waitFor();
  await looks(page, 'keys');
}

/** The program gets another key in place of the one it has; the old one is over at once. */
async function replaced(page, url, row, ask) {
  await row.getByRole('button', { name: 'Replace' }).click();
  const form = page.getByRole('dialog');
  await form.getByRole('combobox', { name: 'The old key works' }).click();
  await page.getByRole('option', { name: 'No more, from now on' }).click();
  await accessible(page, 'a key is replaced');
  await form.getByRole('button', { name: 'Make the new key' }).click();
  const key = await page.getByLabel('API key', { exact: true }).inputValue();
  await page.getByRole('button', { name: 'I have kept it' }).click();
  assert.equal((await ask('/accounts')).status, 401, 'the old key is over');
  const answer = await fetch(`${url}/api/v1/accounts`, { headers: { authorization: `Bearer ${key}` } });
  assert.equal(answer.status, 200, 'the new key works');
  await row.getByText(key.slice(-4)).waitFor();
  await row.getByText('By hand').waitFor();
  return key;
}

async function callbacks(page, url, api) {
  const campaign = (await api.get('/campaigns')).body.data[0];
  const launched = await api.post(`/campaigns/${campaign.id}/launch`);
  assert.equal(launched.status, 200, JSON.stringify(launched.body));
  await until('some have read it', async () => {
    const { body } = await api.get(`/campaigns/${campaign.id}/progress`);
    return body.funnel.read > 0;
  });
  await api.post(`/campaigns/${campaign.id}/pause`);
  await page.goto(`${url}/developers/callbacks`);
  const table = page.getByRole('table', { name: 'Callbacks' });
  await table.getByText('Applied').first().waitFor();
  await accessible(page, 'callbacks');
  await page.getByRole('combobox', { name: 'State' }).click();
  await page.getByRole('option', { name: 'Unreadable' }).click();
  await page.waitForURL('**/developers/callbacks?state=unreadable');
  await page.getByText('No callback is like this').waitFor();
  await page.getByRole('button', { name: 'Clear the filters' }).click();
  await table.getByRole('link').first().click();
  await page.waitForURL('**/developers/callbacks/cbk_*');
  await page.getByRole('region', { name: 'Body' }).waitFor();
  await page.getByText('Delivery report').first().waitFor();
  await accessible(page, 'callback');
  await picture(page, 'callback-one');
  await page.setViewportSize(PHONE);
  await fits(page, 'callback at phone width');
  await page.setViewportSize(WIDE);

  // What it is about is shown, and that leads to the other callbacks about it.
  const address = page.url();
  await page.getByRole('button', { name: 'Show the message that it is about' }).first().click();
  const drawer = page.getByRole('dialog', { name: 'Message' });
  await drawer.getByText('Callbacks that told of it').waitFor();
  await accessible(page, 'the message of a callback');
  await drawer.getByRole('link', { name: 'Find them in the log' }).click();
  await page.waitForURL(/callbacks\?about=msg_/);
  await table.getByRole('link').first().waitFor();
  await picture(page, 'callbacks-about');
  await page.getByRole('searchbox', { name: 'About' }).fill('+91 99999 99999');
  await page.getByText('No callback is like this').waitFor();
  await page.goto(address);
  await page.getByText('Delivery report').first().waitFor();

  // Applied again, it changes nothing.
  const funnel = async () => (await api.get(`/campaigns/${campaign.id}/progress`)).body.funnel;
  const id = page.url().split('/').pop();
  const entry = async () => (await api.get(`/callbacks/${id}`)).body;
  const before = await funnel();
  await page.getByRole('button', { name: 'Apply again' }).click();
  await page.getByText('It is applied again.').waitFor();
  await until('it is applied', async () => (await entry()).state === 'applied');
  await page.getByRole('main').getByText('Applied', { exact: true }).waitFor();
  const after = await funnel();
  for (const name of ['sent', 'delivered', 'read', 'failed'])
    assert.ok(after[name] >= before[name], `${name} went from ${before[name]} to ${after[name]}`);
}

/** A message that a provider refuses stands in the log, with what to do and all that was said. */
async function attempts(page, url, server, api) {
  const sim = async (path, body) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${server.simulator}/__sim/${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    assert.ok(answer.ok, await answer.text());
  };
  const customer = '919999955555';
  await sim('inbound', { customer, text: 'Where is my order?' });
  const { id } = await until('the conversation is there', async () => {
    const { body } = await api.get(`/conversations?phone=%2B${customer}`);
    return body.data[0];
  });
  await sim('fail', { next: 1, kind: 'error:105' });
  const said = { content: { type: 'text', body: 'On its way' } };
  const sent = await api.post(`/conversations/${id}/messages`, said);
  assert.equal(sent.status, 202, JSON.stringify(sent.body));
  await page.goto(`${url}/developers`);
  await page.getByRole('link', { name: 'Sending log' }).click();
  const table = page.getByRole('table', { name: 'Attempts to send' });
  const refused = 'This number or this message cannot work';
  const row = table.getByRole('row').filter({ hasText: '55555' }).filter({ hasText: refused });
  await row.waitFor();
  await accessible(page, 'sending log');
  await picture(page, 'sending-log');
  await page.getByRole('combobox', { name: 'Outcome' }).click();
  await page.getByRole('option', { name: 'Accepted' }).click();
  await page.waitForURL('**/developers/attempts?outcome=accepted');
  await row.waitFor({ state: 'hidden' });
  await page.getByRole('combobox', { name: 'Outcome' }).click();
  await page.getByRole('option', { name: 'All that failed' }).click();
  await page.getByRole('searchbox', { name: 'About' }).fill(customer);
  await page.waitForURL(/about=/);
  await row.getByRole('button').click();
  const drawer = page.getByRole('dialog', { name: 'Message' });
  await drawer.getByText('What happened').waitFor();
  await page.keyboard.press('Escape');
  await drawer.waitFor({ state: 'hidden' });
  await page.setViewportSize(PHONE);
  await fits(page, 'sending log at phone width');
  await page.setViewportSize(WIDE);
}

async function reference(page, url, context) {
  await page.goto(`${url}/developers/api`);
  await page.getByLabel('Find an operation').fill('launch campaign');
  await page.waitForURL('**/developers/api?q=launch*');
  const one = page.getByRole('button', { name: /POST \/api\/v1\/campaigns\/\{id\}\/launch/ });
  await one.click();
  await page.getByRole('region', { name: 'Request with curl' }).getByText('/campaigns/ID/launch').waitFor();
  await accessible(page, 'API reference');
  await picture(page, 'api-operation');
  // The address alone shows it again.
  await page.reload();
  assert.equal(await one.getAttribute('aria-expanded'), 'true');
  const document = await (await context.request.get(`${url}/api/v1/openapi.json`)).json();
  await page.getByLabel('Find an operation').fill('');
  const all = Object.values(document.paths).flatMap((item) => Object.keys(item)).length;
  await page.getByText(`${all} operations`).waitFor();
}
