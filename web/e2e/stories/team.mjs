// An owner invites a viewer, who joins in a browser of their own and is refused what viewers may not do, by the pages and
// by the server. The owner gives another role, then deactivates; the audit log tells it all.
import assert from 'node:assert/strict';
import { accessible, apiOf, OWNER, openBrowser, openPage, picture, signIn } from '../lib.mjs';

export const options = { demo: true };
const RAVI = { email: 'ravi@example.com', name: 'Ravi Viewer', password: 'four plain words here' };

export async function story({ server, context, page, wrong, expect }) {
  const { url } = server;
  await signIn(context, url);
  await page.goto(`${url}/settings/people`);
  await page.getByRole('cell', { name: OWNER.email }).waitFor();
  await page.getByRole('button', { name: 'Invite somebody' }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Email').fill(RAVI.email);
  await form.getByRole('radio', { name: 'Viewer' }).check();
  await accessible(page, 'invitation');
  await form.getByRole('button', { name: 'Make the link' }).click();
  const link = await page.getByRole('dialog').getByLabel('Link', { exact: true }).inputValue();
  assert.ok(link.startsWith(`${url}/invite/`), link);
  await accessible(page, 'link of the invitation');
  await picture(page, 'invite-link');
  await page.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('table', { name: 'Invited, not here yet' }).getByText(RAVI.email).waitFor();

  const other = await openBrowser();
  try {
    const ravi = await openPage(other.context, url);
    await joins(ravi, other, url, link);
    await isRefused(ravi, other, url);

    // Another role takes hold at the next look.
    await page.reload();
    await page.getByRole('combobox', { name: `Role of ${RAVI.name}` }).click();
    await page.getByRole('option', { name: 'Creator' }).click();
    await page.getByText(`${RAVI.name} is now: Creator.`).waitFor();
    await ravi.page.goto(`${url}/settings/people`);
    await ravi.page.getByRole('cell', { name: OWNER.email }).waitFor();
    assert.equal(await ravi.page.getByRole('button', { name: 'Invite somebody' }).count(), 0);

    // Out of every session at once: whatever the page asks for by itself is refused within seconds.
    ravi.expect(/401/);
    await page.getByRole('button', { name: `What to do about ${RAVI.name}` }).click();
    await page.getByRole('menuitem', { name: 'Deactivate' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Deactivate' }).click();
    await page.getByText(`${RAVI.name} cannot sign in any more.`).waitFor();
    // The next thing that the page asks for is refused; it stays as it is behind the question.
    await ravi.page.keyboard.press('g');
    await ravi.page.keyboard.press('c');
    await ravi.page.getByRole('dialog').getByText('Your session has ended').waitFor();
    await accessible(ravi.page, 'ended session');
    await picture(ravi.page, 'session-ended');
    wrong.push(...ravi.wrong);
  } finally {
    await other.close();
  }

  await tellsAll(page, context, url);
  await ownAccount(page, url, expect);
}

async function joins({ page, expect }, { context }, url, link) {
  await page.goto(link);
  await page.getByText(`${OWNER.name} invited you. Your role: Viewer.`).waitFor();
  await accessible(page, 'invitation taken up');
  await picture(page, 'join');
  await page.getByLabel('Name').fill(RAVI.name);
  await page.getByLabel(/^Password/).fill(RAVI.password);
  await page.getByRole('button', { name: 'Create the account' }).click();
  await page.getByRole('heading', { level: 1, name: 'Today' }).waitFor();
  const session = (await apiOf(context, url).get('/session')).body;
  assert.equal(session.user.role, 'viewer');
  // The link has worked once.
  expect(/404.*by-token/);
  await page.goto(link);
  await page.getByRole('heading', { name: 'This link does not work any more' }).waitFor();
}

async function isRefused({ page }, { context }, url) {
  await page.goto(`${url}/`);
  const nav = page.getByRole('navigation', { name: 'Main' });
  await nav.getByRole('link', { name: 'Campaigns' }).waitFor();
  for (const place of ['People and roles', 'Audit log', 'Developers'])
    assert.equal(await nav.getByRole('link', { name: place }).count(), 0, `${place} is not for viewers`);
  for (const [path, words] of [
    ['/settings/people', 'Your role does not see who the users are'],
    ['/settings/audit', 'Only owners and admins see the audit log'],
    ['/developers', 'Owners and admins keep the API keys'],
  ]) {
    await page.goto(url + path);
    await page.getByText(words).waitFor();
    await accessible(page, `${path} for a viewer`);
  }
  const api = apiOf(context, url);
  for (const [what, asked] of [
    ['users', () => api.get('/users')],
    ['keys', () => api.get('/api-keys')],
    ['a key', () => api.post('/api-keys', { name: 'mine' })],
    ['the audit log', () => api.get('/audit')],
    ['a callback', () => api.get('/callbacks')],
    ['an invitation', () => api.post('/invites', { email: 'friend@example.com', role: 'viewer' })],
    ['a profile', () => api.post('/profiles', { phone: '+919999900001' })],
  ]) {
    const { status, body } = await asked();
    assert.equal(status, 403, `${what}: ${JSON.stringify(body)}`);
    assert.equal(body.code, 'not_allowed');
    assert.match(body.detail, /The role viewer may not/);
  }
  // A page of another origin cannot set the header.
  const forged = await context.request.fetch(`${url}/api/v1/session`, { method: 'DELETE' });
  assert.equal(forged.status(), 403);
  assert.equal((await forged.json()).code, 'no_csrf_header');
}

async function tellsAll(page, context, url) {
  await page.goto(`${url}/settings/audit`);
  const table = page.getByRole('table', { name: 'Audit log' });
  for (const act of ['Invited somebody', 'Accepted an invitation', 'Changed a user'])
    await table.getByRole('button', { name: act }).first().waitFor();
  await page.getByRole('combobox', { name: 'What' }).click();
  await page.getByRole('option', { name: 'Users' }).click();
  await page.waitForURL('**/settings/audit?action=user');
  await table.getByText('Invited somebody').waitFor({ state: 'detached' });
  // The role was changed before the deactivation.
  await table.getByRole('button', { name: 'Changed a user' }).nth(1).click();
  const panel = page.getByRole('dialog');
  const row = panel.getByRole('row', { name: /role/ });
  await row.getByRole('cell', { name: 'viewer' }).waitFor();
  await row.getByRole('cell', { name: 'creator' }).waitFor();
  assert.match(page.url(), /id=aud_/);
  await accessible(page, 'entry of the audit log');
  await picture(page, 'audit-entry');
  await page.keyboard.press('Escape');
  const href = await page.getByRole('link', { name: 'Export as CSV' }).getAttribute('href');
  const csv = await context.request.get(url + href);
  assert.match(csv.headers()['content-type'], /text\/csv/);
  const text = await csv.text();
  assert.ok(text.includes('user.update') && !text.includes('invite.create'), text.slice(0, 400));
}

async function ownAccount(page, url, expect) {
  await page.goto(`${url}/settings/me`);
  await page.getByText('This one').waitFor();
  expect(/422.*session\/password/);
  await page.getByLabel('Current password').fill('not my password');
  await page.getByLabel('New password').fill('another long password');
  await page.getByRole('button', { name: 'Change the password' }).click();
  await page.getByRole('alert').waitFor();
  assert.equal(await page.getByLabel('Current password').getAttribute('aria-invalid'), 'true');
  await page.getByLabel('Current password').fill(OWNER.password);
  await page.getByRole('button', { name: 'Change the password' }).click();
  await page.getByText('Your password is changed').waitFor();
  await accessible(page, 'own account');
}
