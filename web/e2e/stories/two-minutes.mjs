// The story that the dashboard is for: from the first visit to a simulated customer who read a campaign, tapped its button
// and got an answer, by hand and without a manual.
import assert from 'node:assert/strict';
import { OWNER, picture, until } from '../lib.mjs';

export const options = { demo: false };

export async function story({ server, page, expect }) {
  // Asking who is signed in is answered 401 on a first visit.
  expect(/401.*\/api\/v1\/session/);
  const begun = Date.now();
  const steps = [];
  const step = (name) => steps.push(`${((Date.now() - begun) / 1000).toFixed(1).padStart(6)} s  ${name}`);
  const button = (name) => page.getByRole('button', { name, exact: typeof name === 'string' });

  await page.goto(`${server.url}/`);
  await page.getByLabel('Name').fill(OWNER.name);
  await page.getByLabel('Email').fill(OWNER.email);
  await page.getByLabel(/^Password/).fill(OWNER.password);
  await button('Create the account').click();
  step('the owner has an account');

  await button('Try it with simulated customers').click();
  await page.getByRole('heading', { level: 1 }).filter({ hasText: 'Today' }).waitFor();
  step('the demonstration is there, with a phone beside the page');

  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Campaigns' }).click();
  await page.getByRole('tab', { name: 'Drafts' }).click();
  await page.getByRole('link', { name: 'Welcome offer' }).first().click();
  const wizard = page.getByRole('navigation', { name: 'Steps' });
  await wizard.getByRole('link', { name: /^Review/ }).click();
  step('a campaign is ready to be reviewed');
  await button(/^Send to \d+ people/).click();
  step('it is launched');

  const phone = page.getByRole('complementary', { name: 'Simulated phone' });
  const tap = phone.getByRole('button', { name: /Tell me more|Show me|Yes/ }).first();
  await tap.waitFor({ timeout: 40_000 });
  step("the message stands on the customer's phone");
  await until('somebody read it', async () => {
    const text = await page.getByRole('main').innerText();
    return /Read/.test(text);
  });
  await picture(page, 'two-minutes-running');
  await tap.click();
  step('the customer tapped its button');

  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Inbox' }).click();
  await page.getByRole('main').getByText('Tell me more').first().click();
  await page.getByRole('textbox', { name: 'Message', exact: true }).fill('With pleasure, Asha!');
  await page.keyboard.press('Control+Enter');
  await phone.getByText('With pleasure, Asha!').waitFor();
  await picture(page, 'two-minutes-answered');
  step('she has the answer');

  console.log(steps.map((line) => `      ${line}`).join('\n'));
  assert.ok(Date.now() - begun < 120_000, 'it took more than two minutes');
}
