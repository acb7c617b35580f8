// A marketer begins with a sample: sees them all as they look on a phone, in both languages and what the provider does not
// carry, takes one by keyboard, names it, saves it, has it approved and tries it on a phone. Every sample is as it should be.
import assert from 'node:assert/strict';
import { accessible, dress, fits, PHONE, picture, signIn, until, WIDE } from '../lib.mjs';

const CUSTOMER = '919999955513';
const SAMPLES = 12;

export async function story({ server, context, page }) {
  const { url } = server;
  const api = await signIn(context, url);
  const mine = (await api.get('/accounts')).body.data[0];
  // A provider that carries whatever a template can hold.
  const made = await api.post('/accounts', {
    provider: 'generic',
    settings: { nickname: 'Open gateway', number: '+919999900077', endpoint: `${server.simulator}/nothing` },
  });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const before = (await api.get('/templates?limit=200')).body.data.length;
  await gallery({ url, page, mine });
  await every({ url, page, account: made.body.id });
  await begin({ server, url, page, api, mine, before });
}

const cards = (page) => page.getByRole('main').getByRole('listitem');

async function gallery({ url, page, mine }) {
  await page.goto(`${url}/templates`);
  await page.getByRole('link', { name: 'Begin with a sample' }).click();
  await page.getByRole('heading', { name: 'Sample templates', level: 1 }).waitFor();
  await until('all samples are there', async () => (await cards(page).count()) === SAMPLES);
  assert.equal(
    await cards(page).getByRole('link').count(),
    SAMPLES,
    'without an account nothing is held back',
  );

  // What the account's provider does not carry is shown, says why, and cannot be chosen.
  await page.getByRole('combobox', { name: 'Account' }).click();
  await page.getByRole('option', { name: mine.nickname }).click();
  const offer = cards(page).filter({ hasText: 'Offer that ends, with a code' });
  await offer.getByText('does not carry: a limited-time offer.').waitFor();
  assert.equal(await offer.getByRole('link').count(), 0);
  assert.equal(await cards(page).getByRole('link').count(), SAMPLES - 1);

  // The language is that of the template, and stands in the address.
  await page.getByText('हिन्दी', { exact: true }).click();
  await page.waitForURL(/language=hi/);
  await page.getByText('दिखाइए').waitFor();
  await page.reload();
  await page.getByText('दिखाइए').waitFor();
  for (const [form, viewport, colorScheme] of [
    ['hindi', WIDE, 'light'],
    ['dark', WIDE, 'dark'],
    ['phone', PHONE, 'light'],
  ]) {
    if (form === 'dark') {
      await page.getByText('English', { exact: true }).click();
      await page.getByText('Show me').waitFor();
    }
    await dress(page, viewport, colorScheme);
    await fits(page, `samples (${form})`);
    await accessible(page, `samples (${form})`);
    await picture(page, `samples-${form}`);
  }
  await page.setViewportSize(WIDE);
}

/** Each opens in the builder, and neither the builder nor the server has anything against it. */
async function every({ url, page, account }) {
  const links = [];
  for (const language of ['en', 'hi']) {
    await page.goto(`${url}/templates/samples?language=${language}&account=${account}`);
    await until('all can be chosen', async () => (await cards(page).getByRole('link').count()) === SAMPLES);
    links.push(
      ...(await cards(page)
        .getByRole('link')
        .evaluateAll((all) => all.map((one) => one.href))),
    );
  }
  assert.equal(new Set(links).size, 2 * SAMPLES);
  const wrong = [];
  for (const link of links) {
    await page.goto(link);
    const rules = page.locator('[aria-label=Rules][aria-busy=false]');
    await rules.waitFor();
    const { name, language } = await page.evaluate(() => ({
      name: document.querySelector('[data-pointer="/name"]').value,
      language: document.querySelector('[data-pointer="/language"]').value,
    }));
    assert.ok(link.includes(`sample=${name}&`), `${link}: ${name}`);
    assert.match(language, link.includes('language=hi') ? /\(hi\)/ : /\(en\)/);
    const said = await rules.innerText();
    if (!said.includes('Nothing stands in the way')) wrong.push(`${link}: ${said}`);
  }
  assert.deepEqual(wrong, []);
}

async function begin({ server, url, page, api, mine, before }) {
  await page.goto(`${url}/templates/samples?account=${mine.id}`);
  const first = cards(page).getByRole('link', { name: 'Order confirmation' });
  await first.waitFor();
  await until('Tab leads to the sample', async () => {
    await page.keyboard.press('Tab');
    return first.evaluate((link) => link === document.activeElement);
  });
  await picture(page, 'samples-focus');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'New template' }).waitFor();
  await page.getByText('A sample: put your own words').waitFor();
  const name = page.getByRole('textbox', { name: 'Name', exact: true });
  assert.equal(await name.inputValue(), 'order_confirmed');
  const account = await page.getByRole('combobox', { name: 'Account' }).inputValue();
  assert.ok(account.startsWith(mine.nickname), account);
  const phone = page.getByRole('article', { name: 'Preview of the message' });
  await phone.getByText('We have your order').waitFor();
  await accessible(page, 'a sample in the builder');
  await picture(page, 'samples-builder');
  assert.equal((await api.get('/templates?limit=200')).body.data.length, before, 'nothing is saved yet');

  await name.fill('thanks_for_your_order');
  await page.locator('[aria-label=Rules][aria-busy=false]').getByText('Nothing stands in the way').waitFor();
  await page.getByRole('button', { name: 'Save draft' }).click();
  await page.getByRole('heading', { name: 'thanks_for_your_order' }).waitFor();
  const saved = (await api.get('/templates?limit=1')).body.data[0];
  assert.equal(saved.name, 'thanks_for_your_order');
  assert.equal(saved.category, 'utility');
  assert.deepEqual(saved.mapping.buttons[0], { from: 'attribute', name: 'order_number', default: 'A-1042' });

  // Approved by the provider, it reaches a phone.
  const now = await fetch(`${server.simulator}/__sim/config`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ template_approval_ms: 0 }),
  });
  assert.ok(now.ok, await now.text());
  await page.getByRole('button', { name: 'Submit for approval' }).click();
  await page.getByText(/^Submitted\./).waitFor();
  await page.getByRole('button', { name: 'Ask the provider now' }).click();
  await page.getByRole('button', { name: 'Send a test' }).click();
  const dialog = page.getByRole('dialog', { name: 'Send a test of thanks_for_your_order' });
  await dialog.getByLabel('Phone number').fill(`+${CUSTOMER}`);
  await dialog.getByRole('button', { name: 'Send the test' }).click();
  await dialog
    .getByRole('status', { name: 'What became of it' })
    .getByText('Nothing to do.', { exact: true })
    .waitFor();
  const got = await (await fetch(`${server.simulator}/__sim/customers/${CUSTOMER}`)).json();
  assert.match(got.messages.at(-1).content.body, /thank you for your order \*A-1042\*/);
}
