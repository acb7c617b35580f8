// A Hindi user reads what the server and the providers say in Hindi: the form of a provider, what is wrong in it, a wrong
// password, the lights of an account, and what a launch looks at.
import assert from 'node:assert/strict';
import { looks, OWNER, signIn, startProvider } from '../lib.mjs';

export const options = { demo: false, env: { HARKARA_ALLOWED_TARGETS: '127.0.0.1' } };

const USER = 'नोटिफ़िकेशन खाते की यूज़र आईडी';
/** The form's required fields, as it shows them. */
const NEEDED = [
  'उपनाम',
  USER,
  'नोटिफ़िकेशन खाते का पासवर्ड',
  'टू-वे खाते की यूज़र आईडी',
  'टू-वे खाते का पासवर्ड',
  'मोबाइल नंबर',
];

const shown = (locator) => locator.first().waitFor({ state: 'visible' });

export async function story(given) {
  const provider = await startProvider();
  try {
    await inHindi({ ...given, provider });
  } finally {
    await provider.stop();
  }
}

async function inHindi({ server, context, page, expect, provider }) {
  expect(/422.*\/api\/v1\/accounts/);
  const api = await signIn(context, server.url);
  await context.addInitScript(() => localStorage.setItem('harkara.language', 'hi'));
  const field = (label) =>
    page.getByLabel(label, { exact: true }).or(page.getByLabel(`${label} *`, { exact: true }));
  const button = (name) => page.getByRole('button', { name, exact: true });

  // The form that the provider describes.
  await page.goto(`${server.url}/settings/whatsapp/new`);
  const picker = page.getByRole('combobox', { name: 'प्रदाता' });
  await picker.fill('Gup');
  await page.getByRole('option', { name: /^Gupshup/ }).click();
  for (const label of NEEDED) await shown(field(label));
  await shown(page.getByText(/टेम्पलेट भेजने वाले खाते की दस अंकों की आईडी/));
  await shown(page.getByText(/दोनों आईडी .* पर इस सर्वर के सार्वजनिक पतों को अनुमति दे/));

  // Saved too early, then with what the server does not take.
  await button('सहेजें').click();
  for (const label of NEEDED) await shown(page.getByText(`इसे भरें: ${label}`, { exact: true }));
  const typed = ['कुर्ता', '2000000001', 'not this one', '2000000002', 'two-way-secret', '+91 99999 00000'];
  for (const [n, label] of NEEDED.entries()) await field(label).fill(typed[n]);
  await button('पते और गति').click();
  const gateway = `${provider.url}/GatewayAPI/rest`;
  await field('गेटवे URL').fill('gateway');
  await field('टेम्पलेट API URL').fill(gateway);
  await button('सहेजें').click();
  await shown(page.getByText('ऐसा URL दें जो https:// या http:// से शुरू हो, और उसमें पासवर्ड न हो।'));
  await looks(page, 'hindi-form');

  // A wrong password: whose, why, and what to do.
  await field('गेटवे URL').fill(gateway);
  await button('सेटिंग जाँचें').click();
  const bad = page.getByRole('group', { name: 'नोटिफ़िकेशन खाता: काम नहीं करता', exact: true });
  await shown(bad.getByText(/Gupshup ने .*नोटिफ़िकेशन खाते की यूज़र आईडी या पासवर्ड स्वीकार नहीं किया.*फिर से भरें/));
  await shown(page.getByRole('group', { name: 'टू-वे खाता: काम करता है', exact: true }));
  await looks(page, 'hindi-refused');

  // Saved all the same, the lights tell of it.
  await button('सहेजें').click();
  await button('फिर भी सहेजें').click();
  await page.waitForURL(/\/settings\/whatsapp\/acc_/);
  const account = (await api.get('/accounts')).body.data[0];
  await page.goto(`${server.url}/settings/whatsapp/${account.id}?tab=trouble`);
  await shown(page.getByText('प्रदाता के यहाँ डिलीवरी रिपोर्ट का URL डालें, और एक संदेश भेजें।'));
  await shown(page.getByText('अभी किसी ने नहीं लिखा।'));
  await api.post(`/accounts/${account.id}/check`);
  await page.reload();
  await shown(page.getByText(/यूज़र आईडी या पासवर्ड स्वीकार नहीं किया/));
  await looks(page, 'hindi-lights');
  for (const english of ['Nobody has written yet', 'did not accept', 'Nothing was sent'])
    assert.equal(await page.getByText(english).count(), 0, english);

  // What a launch looks at.
  const template = await api.post('/templates', {
    account_id: account.id,
    name: 'holi_greeting',
    language: 'en',
    category: 'marketing',
    content: { body: 'A happy Holi from all of us in the shop.' },
  });
  assert.equal(template.status, 201, JSON.stringify(template.body));
  const campaign = await api.post('/campaigns', {
    name: 'होली',
    template_id: template.body.id,
    audience: { type: 'everyone' },
  });
  assert.equal(campaign.status, 201, JSON.stringify(campaign.body));
  await page.goto(`${server.url}/campaigns/${campaign.body.id}/edit?step=review`);
  await shown(
    page.getByText(
      'टेम्पलेट "holi_greeting" की स्थिति ड्राफ़्ट है, इसलिए WhatsApp हर संदेश ठुकरा देगा। कोई स्वीकृत टेम्पलेट चुनें',
    ),
  );
  await looks(page, 'hindi-review');

  // The language of the page changes while it is open.
  await page.goto(`${server.url}/settings/whatsapp/${account.id}?tab=trouble`);
  await shown(page.getByText('अभी किसी ने नहीं लिखा।'));
  await page.getByRole('button', { name: new RegExp(`^${OWNER.name}: `) }).click();
  await page.getByText('English', { exact: true }).first().click();
  await shown(page.getByText('Nobody has written yet.'));
}
