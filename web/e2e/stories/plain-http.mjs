// A server in a shop's own network, without a certificate: the browser takes it for an unsafe place and keeps some of
// its tools back, and everything works all the same.
import assert from 'node:assert/strict';
import { OWNER, PLAIN_HOST, until } from '../lib.mjs';

export const options = { demo: false, host: PLAIN_HOST };

export async function story({ server, page, expect }) {
  expect(/401.*\/api\/v1\/session/);
  // Somebody from another machine must know what only the operator saw.
  await page.goto(`${server.url}/`);
  await page.waitForURL('**/setup');
  const code = await until('the code is printed', () => server.said().match(/setup\?code=([\w-]+)/)?.[1]);
  await page.getByLabel('Setup code').fill(code);
  assert.equal(await page.evaluate(() => window.isSecureContext), false);
  await page.getByLabel('Name').fill(OWNER.name);
  await page.getByLabel('Email').fill(OWNER.email);
  await page.getByLabel(/^Password/).fill(OWNER.password);
  await page.getByRole('button', { name: 'Create the account' }).click();
  await page.getByRole('status').filter({ hasText: 'Live' }).first().waitFor({ state: 'attached' });

  // Something is made, copied, and revoked after a question.
  await page.goto(`${server.url}/developers`);
  await page.getByRole('button', { name: 'New API key' }).first().click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Name').fill('Web shop');
  await form.getByRole('button', { name: 'Send messages' }).click();
  await form.getByRole('button', { name: 'Make the key' }).click();
  await page.getByLabel('API key', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Copy' }).first().click();
  await page.getByText('Copied').first().waitFor();
  await page.getByRole('button', { name: 'I have kept it' }).click();
  const row = page.getByRole('row', { name: /Web shop/ });
  await row.getByRole('button', { name: 'Revoke' }).click();
  await page.getByRole('dialog').getByRole('textbox').fill('Web shop');
  await page.getByRole('button', { name: 'Revoke the key' }).click();
  await row.waitFor({ state: 'detached' });
}
