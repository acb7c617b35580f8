// A new server: the first account, the choice of the demonstration, the first page, and the sample data gone again.
// Then the sign-in: a wrong password says the next step, and nobody is led elsewhere.
import assert from 'node:assert/strict';
import { accessible, apiOf, fits, OWNER, PHONE, picture, until, WIDE } from '../lib.mjs';

export const options = { demo: false };

export async function story({ server, context, page, expect }) {
  const { url } = server;
  // Who is not signed in is told so by the server; that is no fault of the page.
  expect(/401.*\/api\/v1\/session/);
  // The phone asks once more when its customers go, and the stream of events when nobody is signed in any more.
  expect(/404.*\/handset\//);
  expect(/401.*\/api\/v1\/live/);
  const begun = Date.now();

  await page.goto(`${url}/campaigns`);
  await page.waitForURL('**/setup');
  const heading = page.getByRole('heading', { level: 1 });
  await heading.filter({ hasText: 'Create your account' }).waitFor();
  // The rule is told before anything is typed.
  await page.getByText('At least 10 characters').waitFor();
  await accessible(page, 'setup');
  await picture(page, 'setup');
  await page.getByLabel('Name').fill(OWNER.name);
  await page.getByLabel('Email').fill(OWNER.email);
  await page.getByLabel(/^Password/).fill(OWNER.password);
  await page.getByText('Long enough').waitFor();
  await page.getByRole('button', { name: 'Show the password' }).click();
  assert.equal(await page.getByLabel(/^Password/).getAttribute('type'), 'text');
  await page.getByRole('button', { name: 'Create the account' }).click();

  await page.waitForURL('**/welcome');
  await heading.filter({ hasText: 'How do you want to start?' }).waitFor();
  await accessible(page, 'welcome');
  await picture(page, 'welcome-choice');
  await page.getByRole('button', { name: 'Try it with simulated customers' }).click();

  await heading.filter({ hasText: 'Today' }).waitFor();
  await page.getByText('the customers are simulated').waitFor();
  const seconds = (Date.now() - begun) / 1000;
  console.log(`      from the first page to the first look: ${seconds.toFixed(1)} s`);
  const api = apiOf(context, url);
  const demo = (await api.get('/demo')).body;
  assert.equal(demo.on, true);
  assert.ok((await api.get('/profiles')).body.data.length > 0, 'there are sample people');

  // The checklist tells facts: what the demonstration made is done, no campaign was sent.
  const list = page.getByRole('region', { name: 'To your first campaign' });
  await list.getByText('Write a template').waitFor();
  assert.equal(await list.getByRole('link', { name: /Write a template/ }).count(), 0);
  await list.getByRole('link', { name: /Send a campaign/ }).waitFor();
  await accessible(page, 'home');
  await picture(page, 'home-first');
  await page.setViewportSize(PHONE);
  await fits(page, 'home at phone width');
  await page.setViewportSize(WIDE);

  await page.getByRole('button', { name: 'Remove the sample data' }).click();
  const question = page.getByRole('dialog');
  await question.getByText('are deleted').waitFor();
  await question.getByRole('button', { name: 'Remove the sample data' }).click();
  await page.getByText('the customers are simulated').waitFor({ state: 'detached' });
  assert.equal((await api.get('/demo')).body.on, false);
  assert.deepEqual((await api.get('/profiles')).body.data, []);
  assert.deepEqual((await api.get('/templates')).body.data, []);

  // The session ends elsewhere, when this page asks for nothing any more.
  const leave = async () => {
    await page.goto('about:blank');
    await api.delete('/session');
  };

  // Out, and in again.
  await page.getByRole('button', { name: /account, language and colours/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.waitForURL('**/signin*');
  await page.goto(`${url}/developers/api?q=launch`);
  await page.waitForURL('**/signin?to=*');
  await page.getByLabel('Email').fill(OWNER.email);
  await page.getByLabel(/^Password/).fill('something else');
  await page.getByRole('button', { name: 'Sign in' }).click();
  const told = page.getByRole('alert');
  await told.getByText(`harkara user reset-password ${OWNER.email}`).waitFor();
  await accessible(page, 'sign-in with a wrong password');
  await picture(page, 'signin-wrong');
  await page.getByLabel(/^Password/).fill(OWNER.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL('**/developers/api?q=launch');
  await heading.filter({ hasText: 'API reference' }).waitFor();

  // A link to the sign-in cannot lead to another place.
  await leave();
  await page.goto(`${url}/signin?to=${encodeURIComponent('//elsewhere.example/trap')}`);
  await page.getByLabel('Email').fill(OWNER.email);
  await page.getByLabel(/^Password/).fill(OWNER.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await heading.filter({ hasText: 'Today' }).waitFor();
  assert.equal(new URL(page.url()).origin, url);

  // Guessing is slowed down, and the page says for how long.
  await leave();
  await page.goto(`${url}/signin`);
  expect(/429.*\/api\/v1\/session/);
  await page.getByLabel('Email').fill('nobody@example.com');
  const enter = page.getByRole('button', { name: 'Sign in' });
  await until(
    'the server asks to wait',
    async () => {
      if (await page.getByText('Too many tries').isVisible()) return true;
      if (await enter.isEnabled()) {
        await page.getByLabel(/^Password/).fill('a guess of many');
        await enter.click();
      }
      return false;
    },
    60,
  );
  await page
    .getByRole('alert')
    .getByText(/Wait before the next one.*(second|minute)/)
    .waitFor();
  assert.ok(await enter.isDisabled(), 'the button waits as well');
  await picture(page, 'signin-wait');
}
