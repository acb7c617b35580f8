// Somebody turns a second factor on, signs in with codes and with recovery codes, and an owner helps who lost the phone.
// Nobody waits for the next code: the server allows the clock of a phone to be a step ahead.
import assert from 'node:assert/strict';
import { codeOf } from '../authenticator.mjs';
import { accessible, apiOf, looks, OWNER, openBrowser, openPage, picture, signIn, until } from '../lib.mjs';

export const options = { demo: false };
const RAVI = { email: 'ravi@example.com', name: 'Ravi Agent', password: 'four plain words here' };

export async function story({ server, context, page, expect }) {
  const { url } = server;
  expect(/401.*\/api\/v1\/session/);
  const api = await signIn(context, url);
  const { secret, codes } = await turnsOn(page, url, expect);
  await signsInWithCode(page, url, secret);
  await signsInWithRecoveryCode(page, url, codes);
  await runsOutOfCodes(context, page, url, codes);
  const other = await openBrowser();
  try {
    await losesThePhone(other, page, url, api);
  } finally {
    await other.close();
  }
  await endsAgain(page, url);
  await guesses(page, url, api, expect);
}

async function turnsOn(page, url, expect) {
  await page.goto(`${url}/settings/me`);
  await page.getByRole('button', { name: 'Turn it on' }).click();
  const dialog = page.getByRole('dialog');
  expect(/422.*\/session\/factor/);
  await dialog.getByLabel(/^Your password/).fill('not my password');
  await dialog.getByRole('button', { name: 'Go on' }).click();
  await dialog.getByText('This is not your present password.').first().waitFor();
  await accessible(page, 'password asked for again');
  await dialog.getByLabel(/^Your password/).fill(OWNER.password);
  await page.keyboard.press('Enter');
  await dialog.getByRole('img', { name: 'QR code for the authenticator app' }).waitFor();
  const secret = await dialog.getByLabel('Text for the app', { exact: true }).inputValue();
  const field = dialog.getByLabel(/^Code that the app shows now/);
  // The field has the focus: a code is pasted at once.
  await until('the field of the code has the focus', () =>
    field.evaluate((input) => input === document.activeElement),
  );
  await looks(page, 'factor-secret');
  await field.fill('000000');
  await dialog.getByText('This code is not right.').first().waitFor();
  const code = codeOf(secret);
  await field.fill(`${code.slice(0, 3)} ${code.slice(3)}`);
  await dialog.getByText('Shown this once').waitFor();
  const codes = (await dialog.getByRole('region', { name: 'Recovery codes' }).innerText())
    .trim()
    .split(/\s+/);
  assert.equal(codes.length, 10);
  await looks(page, 'recovery-codes');
  const saved = page.waitForEvent('download');
  await dialog.getByRole('link', { name: 'Download' }).click();
  assert.equal((await saved).suggestedFilename(), 'harkara-recovery-codes.txt');
  await dialog.getByRole('button', { name: 'I have kept them' }).click();
  await page.getByText('10 recovery codes are left.').waitFor();
  await looks(page, 'factor-on');
  return { secret, codes };
}

/** Signs out, and gives the password. */
async function givesPassword(page, url) {
  await page.getByRole('button', { name: /account, language and colours/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.waitForURL('**/signin*');
  await page.goto(`${url}/signin`);
  await password(page);
}

async function password(page) {
  await page.getByLabel('Email').fill(OWNER.email);
  await page.getByLabel(/^Password/).fill(OWNER.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByLabel(/^Code/).waitFor();
}

async function signsInWithCode(page, url, secret) {
  await givesPassword(page, url);
  const field = page.getByLabel(/^Code/);
  assert.equal(await field.getAttribute('autocomplete'), 'one-time-code');
  assert.equal(await field.getAttribute('inputmode'), 'numeric');
  await looks(page, 'signin-code');
  await page.getByRole('button', { name: 'Back' }).click();
  assert.equal(await page.getByLabel(/^Password/).inputValue(), '');
  await password(page);
  await field.fill('000000');
  const told = page.getByRole('alert');
  await told.getByText('the clock of the phone is off').waitFor();
  await accessible(page, 'wrong code');
  await picture(page, 'signin-code-wrong');
  // What was typed is selected: the next code is typed over it, and nobody presses a button.
  await page.keyboard.type(codeOf(secret, 1));
  await page.getByRole('heading', { level: 1, name: 'Today' }).waitFor();
}

async function signsInWithRecoveryCode(page, url, codes) {
  await givesPassword(page, url);
  await page.getByRole('button', { name: 'Use a recovery code' }).click();
  await page.getByLabel(/^Recovery code/).fill(codes[0].toUpperCase());
  await accessible(page, 'recovery code');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Today' }).waitFor();
  await page.goto(`${url}/settings/me`);
  await page.getByText('9 recovery codes are left.').waitFor();
}

async function runsOutOfCodes(context, page, url, codes) {
  const api = apiOf(context, url);
  for (const code of codes.slice(1, 7)) {
    const half = await api.post('/session', { email: OWNER.email, password: OWNER.password });
    assert.equal(half.status, 202);
    assert.equal((await api.post('/session/code', { token: half.body.token, code })).status, 200);
  }
  await page.goto(`${url}/settings/me`);
  await page.getByText('Few recovery codes are left').waitFor();
  await looks(page, 'factor-few-codes');
  await page.getByRole('button', { name: 'Make new recovery codes' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(/^Your password/).fill(OWNER.password);
  await dialog.getByRole('button', { name: 'Make the codes' }).click();
  await dialog.getByRole('button', { name: 'I have kept them' }).click();
  await page.getByText('10 recovery codes are left.').waitFor();
}

async function losesThePhone(other, page, url, api) {
  const invited = await api.post('/invites', { email: RAVI.email, role: 'agent' });
  const ravi = apiOf(other.context, url);
  const token = invited.body.url.split('/').pop();
  await ravi.post('/invites/accept', { token, name: RAVI.name, password: RAVI.password });
  const { secret } = (await ravi.post('/session/factor', { password: RAVI.password })).body;
  assert.equal((await ravi.post('/session/factor/confirm', { code: codeOf(secret) })).status, 200);
  // A new password does not help: the code is asked for all the same.
  const { id } = (await ravi.get('/session')).body.user;
  const link = (await api.post(`/users/${id}/reset`)).body.url;
  const their = await openPage(other.context, url);
  await their.page.goto(link);
  await their.page.getByLabel(/^Password/).fill(RAVI.password);
  await their.page.getByRole('button', { name: 'Save and sign in' }).click();
  await their.page.getByText('Your new password is saved.').waitFor();
  await accessible(their.page, 'code after a new password');
  assert.equal((await ravi.get('/session')).status, 401);

  await page.goto(`${url}/settings/people`);
  const row = page.getByRole('row', { name: new RegExp(RAVI.email) });
  await row.getByText('Second factor').filter({ visible: true }).waitFor();
  await looks(page, 'people-factor');
  await page.getByRole('button', { name: `What to do about ${RAVI.name}` }).click();
  await page.getByRole('menuitem', { name: 'Take the second factor away' }).click();
  await accessible(page, 'taking a second factor away');
  await page.getByRole('dialog').getByRole('button', { name: 'Take it away' }).click();
  await page.getByText(`${RAVI.name} signs in with the password alone now.`).waitFor();
  await page.goto(`${url}/settings/audit`);
  const log = page.getByRole('table', { name: 'Audit log' });
  for (const act of ['Took a second factor away', 'Turned the second factor on', 'Used a recovery code'])
    await log.getByRole('button', { name: act }).first().waitFor();
  const signed = await ravi.post('/session', { email: RAVI.email, password: RAVI.password });
  assert.equal(signed.status, 200);
}

async function endsAgain(page, url) {
  await page.goto(`${url}/settings/me`);
  await page.getByRole('button', { name: 'Turn it off' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(/^Your password/).fill(OWNER.password);
  await accessible(page, 'turning the second factor off');
  await dialog.getByRole('button', { name: 'Turn it off' }).click();
  await page.getByText('Your password is enough to sign in now.').waitFor();
  await page.getByRole('button', { name: 'Turn it on' }).waitFor();
}

/** Guessing codes is slowed down as guessing passwords is, and the page says for how long. */
async function guesses(page, url, api, expect) {
  const { secret } = (await api.post('/session/factor', { password: OWNER.password })).body;
  await api.post('/session/factor/confirm', { code: codeOf(secret) });
  await givesPassword(page, url);
  expect(/429.*\/session\/code/);
  const field = page.getByLabel(/^Code/);
  const enter = page.getByRole('button', { name: 'Sign in' });
  await until('the server asks to wait', async () => {
    if (await page.getByText('Too many tries').isVisible()) return true;
    if (await enter.isEnabled()) {
      await field.fill('');
      await field.fill('000000');
    }
    return false;
  });
  await page
    .getByRole('alert')
    .getByText(/nobody can guess the code.*second/)
    .waitFor();
  assert.ok(await enter.isDisabled(), 'the button waits as well');
  await accessible(page, 'too many codes');
  await picture(page, 'signin-code-wait');
}
