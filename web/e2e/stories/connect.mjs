// A marketer connects a provider by its form: sees what is missing, what the provider refuses and why, sends a test to a
// phone, saves; then looks after the account: numbers, troubles, other hosts, and its end.
import assert from 'node:assert/strict';
import { accessible, looks, picture, signIn, startProvider, until } from '../lib.mjs';

const OURS = ['203.0.113.7', '203.0.113.8'];
export const options = {
  demo: false,
  env: { HARKARA_ALLOWED_TARGETS: '127.0.0.1', HARKARA_EGRESS_ADDRESSES: OURS.join(',') },
};

export const minutes = 8;

const NUMBER = '+919999900000';
const SECOND = '+919999900007';
const ASHA = '919999912345';
const RAVI = '919999912404';
const URLS = ['Inbound message callback URL', 'Delivery reports callback URL'];
/** What must be filled in, in the order of the form. */
const NEEDED = [
  'Nickname',
  'Notification account user ID',
  'Notification account password',
  'Two-way account user ID',
  'Two-way account password',
  'Mobile number',
];

const shown = (locator) => locator.waitFor({ state: 'visible' });

export async function story(given) {
  const provider = await startProvider();
  try {
    await connect({ ...given, provider });
  } finally {
    await provider.stop();
  }
}

async function connect({ server, context, page, expect, provider }) {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  // Settings that are not right are refused; that is what the story is about.
  expect(/422.*\/api\/v1\/accounts/);
  const api = await signIn(context, server.url);
  const field = (label) =>
    page.getByLabel(label, { exact: true }).or(page.getByLabel(`${label} *`, { exact: true }));
  const button = (name) => page.getByRole('button', { name, exact: true });
  const group = (name) => page.getByRole('group', { name, exact: true });
  const dialog = page.getByRole('dialog');
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute('name'));
  const clipboard = () => page.evaluate(() => navigator.clipboard.readText());

  // Nothing is there; the page teaches, and leads to the form. The usual provider is chosen.
  await page.goto(`${server.url}/settings/whatsapp`);
  await shown(page.getByText('No provider is connected yet'));
  await looks(page, 'connect-empty');
  await page.getByRole('link', { name: 'Provider', exact: true }).click();
  await shown(page.getByRole('heading', { name: 'Connect a provider', level: 1 }));
  const picker = page.getByRole('combobox', { name: 'Provider' });
  assert.match(await picker.inputValue(), /^Vonage/);
  await field('Nickname').fill('Kurta shop');
  await picker.fill('Gup');
  await page.getByRole('option', { name: /^Gupshup/ }).click();
  // What the next provider asks for too is kept.
  await shown(field('Two-way account password'));
  assert.equal(await field('Nickname').inputValue(), 'Kurta shop');
  await field('Nickname').fill('');
  for (const label of [...NEEDED, 'App name', 'Facebook URL']) await shown(field(label));

  // The URLs to paste at the provider, and what it has to let in.
  const [inbound, reports] = await Promise.all(URLS.map((label) => field(label).inputValue()));
  for (const label of URLS) {
    assert.ok(!(await field(label).isEditable()), `${label} is read-only`);
    await button(`Copy ${label}`).click();
    await until('it is copied', async () => (await clipboard()) === (await field(label).inputValue()));
  }
  assert.match(inbound, /\/callbacks\/[^/]+\/inbound$/);
  await shown(page.getByText('a provider on the internet cannot reach them'));
  // They lead here: the server calls itself through its own address, which turns no light.
  await button('Check now').click();
  await shown(group('Both URLs: works').getByText('This server answered through 127.0.0.1'));
  await looks(page, 'connect-check-now');
  await shown(page.getByText('IP addresses to allow at the provider'));
  await shown(page.getByText(/on both ids, the notification account and the two-way account/));
  for (const address of OURS) await shown(button(`Copy ${address}`));

  // Saved too early: each field says so, and the first has the focus.
  await button('Save').click();
  for (const label of NEEDED) await shown(page.getByText(`Fill this in: ${label}`, { exact: true }));
  await until('the first field has the focus', async () => (await focused()) === 'nickname');
  await looks(page, 'connect-missing');

  // The auto-reply wants its text once it is on, and shows it as the customer will see it.
  await field('Nickname').fill('Kurta shop');
  await field('Mobile number').fill('+91 99999 00000');
  await field('Notification account user ID').fill('2000000001');
  await field('Notification account password').fill('not this one');
  await field('Two-way account user ID').fill('2000000002');
  await field('Two-way account password').fill('two-way-secret');
  await page.getByRole('checkbox', { name: 'Auto-reply to people without a profile' }).check();
  await button('Save').click();
  await until('the text is asked for', async () => (await focused()) === 'auto_reply_text');
  await field('Auto-reply text').fill('Thank you, we *answer* soon.');
  await shown(page.getByRole('article', { name: 'Preview of the auto-reply' }).locator('strong'));

  // What seldom changes stands aside.
  assert.equal(await field('Gateway URL').count(), 0);
  await button('Addresses and speed').click();
  const gateway = `${provider.url}/GatewayAPI/rest`;
  await field('Gateway URL').fill(gateway);
  await field('Template API URL').fill(gateway);

  // A wrong password: whose, why, what to do, and the raw answer to show the provider's support.
  const bad = group('Notification account: does not work');
  const good = (name) => group(`${name}: works`);
  await button('Test the settings').click();
  await shown(
    bad.getByText(/did not accept the user ID or password of the notification account.*Enter them again/),
  );
  await shown(good('Two-way account'));
  await button('Copy Answer, HTTP 200: Notification account').click();
  await until('the answer is copied', async () => /"id": ?"401"/.test(await clipboard()));
  assert.ok(!(await page.getByText('not this one').count()), 'the password is hidden in the request');
  await looks(page, 'connect-refused');
  await button('Save').click();
  await shown(page.getByText('Not saved: the provider did not take these settings'));
  assert.deepEqual((await api.get('/accounts')).body.data, []);

  // The provider lets only one of the two accounts in from here: says which, and what to ask for.
  await provider.control('config', { block_two_way_ip: true });
  await field('Notification account password').fill('hsm-secret');
  await shown(page.getByText('You changed the form after this.'));
  await button('Test the settings').click();
  await shown(
    group('Two-way account: does not work').getByText(
      /refuses requests of the two-way account from this server's IP address.*on both ids/,
    ),
  );
  await shown(good('Notification account'));
  for (const address of OURS) await shown(button(`Copy ${address}`).last());
  await looks(page, 'connect-blocked');
  await provider.control('config', { block_two_way_ip: false });
  await button('Test the settings').click();
  await shown(good('Two-way account'));
  await shown(good('Notification account'));

  // Somebody writes before the account exists: the light says that the URL works, by itself.
  const nothing = page.getByText('Nothing was received yet');
  assert.equal(await nothing.count(), 2);
  await provider.control('config', {
    inbound_url: inbound,
    reports_url: reports,
    // On a busy machine it takes a while until the account is saved.
    callback_tries: 200,
  });
  await provider.control('inbound', { customer: ASHA, type: 'text', text: 'Is anybody there?' });
  await until('one light has turned', async () => (await nothing.count()) === 1);
  await shown(page.getByText('Received something'));

  // One real message, sent with Enter, which saves nothing.
  await shown(page.getByRole('link', { name: `https://wa.me/${NUMBER.slice(1)}` }));
  await page.getByRole('textbox', { name: 'Text', exact: true }).fill('A test from the shop');
  await page.keyboard.press('Enter');
  await shown(page.getByText('Give the number that shall get it.'));
  await page.getByRole('textbox', { name: 'To', exact: true }).fill('99999 12345');
  await page.keyboard.press('Enter');
  await shown(page.getByText('The provider took it'));
  await until('it is on the phone', async () =>
    JSON.stringify(await provider.control(`customers/${ASHA}`)).includes('A test from the shop'),
  );
  assert.deepEqual((await api.get('/accounts')).body.data, []);
  await until('the other light has turned, by its report', async () => (await nothing.count()) === 0);
  await looks(page, 'connect-tried');

  // A way out asks; then it is saved, and nothing asks any more.
  const menu = page.getByRole('navigation', { name: 'Main' });
  await menu.getByRole('link', { name: 'Templates' }).click();
  await shown(dialog.getByText('What you typed in this form is not saved.'));
  await accessible(page, 'leaving');
  await picture(page, 'connect-leaving');
  await dialog.getByRole('button', { name: 'Stay' }).click();
  assert.equal(await field('Nickname').inputValue(), 'Kurta shop');
  await button('Save').click();
  await page.waitForURL(/\/settings\/whatsapp\/acc_/);
  await shown(page.getByRole('heading', { name: 'Kurta shop', level: 1 }));
  const account = (await api.get('/accounts')).body.data[0];
  assert.deepEqual([account.inbound_url, account.reports_url], [inbound, reports]);
  assert.deepEqual(Object.keys(account.settings.hsm_password).sort(), ['at', 'set']);
  assert.ok(Math.abs(account.settings.hsm_password.at - Date.now()) < 10 * 60_000);
  assert.equal(account.settings.auto_reply_text, 'Thank you, we *answer* soon.');
  await after({ server, api, page, field, button, dialog, focused, provider, account, menu });
}

/** The account as it lives on. */
async function after({ server, api, page, field, button, dialog, focused, provider, account, menu }) {
  // What the provider tried again in the meantime has arrived; secrets are set and not shown.
  await until(
    'both lights are on',
    async () => (await page.getByText('Received something').count()) === 2,
    60,
  );
  assert.equal(await page.getByText(/^Set on .*, and never shown\.$/).count(), 2);
  // A template is tried too.
  const hello = await api.post('/templates', {
    account_id: account.id,
    name: 'hello_there',
    language: 'en',
    category: 'utility',
    content: { body: 'Hello from a template of the shop' },
    status: 'approved',
  });
  assert.equal(hello.status, 201, JSON.stringify(hello.body));
  await page.getByRole('radiogroup', { name: 'What is sent' }).getByText('Template').click();
  await page.getByRole('textbox', { name: 'To', exact: true }).fill('99999 12345');
  await page.getByRole('combobox', { name: 'Template' }).click();
  await page.getByRole('option', { name: 'hello_there (en)' }).click();
  await button('Send the test message').click();
  await shown(page.getByText('The provider took it'));
  await until('the template is on the phone', async () =>
    JSON.stringify(await provider.control(`customers/${ASHA}`)).includes('Hello from a template of the shop'),
  );
  for (const address of OURS) await shown(button(`Copy ${address}`));
  await looks(page, 'connect-account');

  // In the list, with its lights.
  await menu.getByRole('link', { name: 'WhatsApp' }).click();
  const card = page.getByRole('region', { name: 'Kurta shop' });
  await shown(card.getByText('Credentials: works'));
  await shown(card.getByText('Inbound messages: works'));
  await looks(page, 'connect-list');

  // Numbers: a second one, the default, the rate.
  await card.getByRole('button', { name: 'What to do with Kurta shop' }).click();
  await page.getByRole('menuitem', { name: 'Numbers and default' }).click();
  await page.getByLabel('Another number of this account').fill('12');
  await button('Add').click();
  await until('what is wrong stands at the field', () =>
    page.getByLabel('Another number of this account').getAttribute('aria-invalid'),
  );
  await page.getByLabel('Another number of this account').fill('+91 99999 00007');
  await button('Add').click();
  const second = page.getByRole('region', { name: SECOND });
  await shown(second);
  await second.getByLabel('Messages a second at most').fill('5');
  await second.getByRole('button', { name: 'Save' }).click();
  await shown(page.getByText('The rate is changed.'));
  await second.getByRole('button', { name: 'Make it the default' }).click();
  await shown(
    dialog.getByText('What names no number of its own leaves from it from now on.', { exact: false }),
  );
  await accessible(page, 'another default');
  await dialog.getByRole('button', { name: 'Make it the default' }).click();
  await shown(second.getByText('default', { exact: true }));
  const numbers = (await api.get(`/numbers?account=${account.id}`)).body.data;
  assert.deepEqual(
    numbers
      .filter((n) => !n.archived)
      .map((n) => [n.phone, n.default, n.messages_per_second])
      .sort(),
    [
      [NUMBER, false, numbers.find((n) => n.phone === NUMBER).messages_per_second],
      [SECOND, true, 5],
    ],
  );

  // The limit that WhatsApp sets it is kept for people to see.
  await second.getByLabel('People it may begin to write to in 24 hours').fill('250');
  await second.getByRole('button', { name: 'Save the limit' }).click();
  await shown(second.getByText('WhatsApp lets it begin to write to 250 people in 24 hours.'));
  // Nothing of it is used, so nothing of the bar is seen.
  await second
    .getByRole('progressbar', { name: 'Part of the daily limit that is used' })
    .waitFor({ state: 'attached' });
  await looks(page, 'connect-numbers');

  // Two messages fail: they are told together, with what to do.
  await provider.control('inbound', { customer: RAVI, type: 'text', text: 'Hello?' });
  await until('he has the auto-reply', async () =>
    JSON.stringify(await provider.control(`customers/${RAVI}`)).includes('we *answer* soon'),
  );
  await provider.control('fail', { suffix: '404', kind: 'error:105' });
  for (const body of ['Hello Ravi', 'Are you there?']) {
    const sent = await api.post('/messages', { to: `+${RAVI}`, content: { type: 'text', body } });
    assert.equal(sent.status, 202, JSON.stringify(sent.body));
  }
  // The list follows by itself.
  await page.getByRole('tab', { name: 'Troubleshooting' }).click();
  await page.getByText('2 messages · 105').waitFor({ timeout: 30_000 });
  await shown(page.getByText('Check the number and its country code.').last());
  await looks(page, 'connect-trouble');

  // The provider shuts us out while somebody has the form open: what they type stays, and the page says what stands still.
  await page.getByRole('tab', { name: 'Setup' }).click();
  await field('App name').fill('kurta');
  await provider.control('fail', undefined, 'DELETE');
  await provider.control('config', { block_two_way_ip: true });
  const shut = await api.post('/messages', { to: `+${RAVI}`, content: { type: 'text', body: 'Hm?' } });
  assert.equal(shut.status, 202, JSON.stringify(shut.body));
  await shown(page.getByText('Sending stands still').first());
  assert.equal(await field('App name').inputValue(), 'kurta');
  await page.getByRole('tab', { name: 'Troubleshooting' }).click();
  await shown(page.getByText("from this server's IP address", { exact: false }).first());
  await looks(page, 'connect-held');
  await provider.control('config', { block_two_way_ip: false });
  await button('It is mended: send again').click();
  await page.getByText('Sending stands still').first().waitFor({ state: 'detached' });
  // It was still there after another tab.
  await page.getByRole('tab', { name: 'Setup' }).click();
  assert.equal(await field('App name').inputValue(), 'kurta');
  await button('Save changes').click();
  await shown(page.getByText('The settings are saved.'));
  assert.equal((await api.get(`/accounts/${account.id}`)).body.settings.app_name, 'kurta');

  // Another host gets no secret that was given for this one.
  await field('Gateway URL').fill(`http://127.0.0.1:9/GatewayAPI/rest`);
  await button('Save changes').click();
  await shown(page.getByText(/"Notification account password" was given for another host/).first());
  await until('the first of them has the focus', async () => (await focused()) === 'hsm_password');
  await looks(page, 'connect-another-host');
  await field('Notification account password').pressSequentially('hsm-secret');
  assert.equal(await field('Notification account password').inputValue(), 'hsm-secret');
  await menu.getByRole('link', { name: 'WhatsApp' }).click();
  await dialog.getByRole('button', { name: 'Leave' }).click();
  await page.waitForURL(/\/settings\/whatsapp$/);
  assert.equal(
    (await api.get(`/accounts/${account.id}`)).body.settings.base_url,
    `${provider.url}/GatewayAPI/rest`,
  );

  // The end: what stops is told, the name must be typed, and it is gone.
  const act = async (name) => {
    await page.getByRole('button', { name: 'What to do with Kurta shop' }).click();
    await page.getByRole('menuitem', { name }).click();
  };
  await act('Archive');
  await shown(dialog.getByText(/^Open chats that are answered from there.*: 2$/));
  assert.ok(await dialog.getByRole('button', { name: 'Archive it' }).isDisabled());
  await accessible(page, 'archive');
  await picture(page, 'connect-archive');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await dialog.waitFor({ state: 'detached' });
  await act('Delete');
  await shown(dialog.getByText('Its credentials are removed and cannot be brought back.', { exact: false }));
  await dialog.getByLabel('Type Kurta shop to go on').fill('Kurta shop');
  await dialog.getByRole('button', { name: 'Delete it' }).click();
  await shown(page.getByText('Kurta shop is deleted.'));
  await shown(page.getByText('No provider is connected yet'));
  assert.equal((await api.get(`/accounts/${account.id}`)).body.state, 'deleted');
  await page.goto(`${server.url}/settings/whatsapp/${account.id}`);
  await shown(page.getByText('This account is out of use', { exact: false }));
}
