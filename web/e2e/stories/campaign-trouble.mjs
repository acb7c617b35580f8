// The provider refuses the server's address in the middle of a campaign: the page says why it stands still and what to do.
// Mended, it goes on; then it is paused, resumed and stopped.
import assert from 'node:assert/strict';
import { accessible, picture, signIn, until } from '../lib.mjs';

export const options = { demo: true };

export async function story({ server, context, page }) {
  const api = await signIn(context, server.url);
  const configure = async (change) => {
    const response = await fetch(`${server.simulator}/__sim/config`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(change),
    });
    assert.ok(response.ok, await response.text());
  };
  const draft = (await api.get('/campaigns?state=draft&search=points')).body.data[0];
  const { id, account_id: account } = draft;
  const launched = await api.post(`/campaigns/${id}/launch`);
  assert.equal(launched.status, 200, JSON.stringify(launched.body));

  // Everything below happens on the open page, without a reload.
  await page.goto(`${server.url}/campaigns/${id}`);
  const sentence = page.getByTestId('sentence');
  await sentence.getByText(/^Sending: [1-9]/).waitFor();
  await page.evaluate(() => Object.assign(window, { notReloaded: true }));

  await configure({ block_hsm_ip: true });
  const alert = page.getByRole('alert').filter({ hasText: 'Sending is on hold since' });
  await alert.waitFor();
  assert.match(await alert.textContent(), /IP address/, 'why');
  assert.match(await alert.textContent(), /allow/, 'what to do');
  await sentence.getByText(/^Standing still at/).waitFor({ timeout: 30_000 });
  assert.ok(await alert.getByRole('link', { name: 'Open the account to mend it' }).isVisible());
  await picture(page, 'story-trouble-held');
  await accessible(page, 'a campaign that stands still');

  await configure({ block_hsm_ip: false });
  assert.equal((await api.post(`/accounts/${account}/resume`)).status, 200);
  await alert.waitFor({ state: 'hidden' });
  await sentence.getByText(/^Sending: /).waitFor();

  await page.getByRole('button', { name: 'Pause' }).click();
  await sentence.getByText(/^Paused: /).waitFor();
  const sent = async () => (await api.get(`/campaigns/${id}/progress`)).body.funnel.sent;
  // What was in flight still arrives; then it is quiet.
  const still = await until('nothing leaves any more', async () => {
    const before = await sent();
    await new Promise((done) => setTimeout(done, 1500));
    return (await sent()) === before ? before : undefined;
  });
  await picture(page, 'story-trouble-paused');
  await page.getByRole('button', { name: 'Resume' }).click();
  await sentence.getByText(/^Sending: /).waitFor();
  await until('it goes on', async () => (await sent()) > still);

  await page.getByRole('button', { name: 'Stop' }).click();
  const question = page.getByRole('dialog', { name: 'Stop this campaign for good?' });
  await question.getByText(/messages were sent and cannot be called back/).waitFor();
  await question.getByText(/more will not be sent/).waitFor();
  await accessible(page, 'the question before a stop');
  await question.getByRole('button', { name: 'Stop the campaign' }).click();
  await sentence.getByText(/^Stopped at/).waitFor();
  await question.waitFor({ state: 'hidden' });
  assert.equal(
    await page.getByRole('button', { name: 'Pause' }).count(),
    0,
    'a stopped campaign cannot be paused',
  );
  assert.ok(await page.evaluate(() => window.notReloaded), 'the page was never reloaded');
  await picture(page, 'story-trouble-stopped');
}
