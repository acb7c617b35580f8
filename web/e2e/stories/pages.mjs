// Every page, in light, dark and at phone width: looks at it with axe, takes its picture, and sees that it fits.
// Then all pages in Hindi and once from right to left.
import assert from 'node:assert/strict';
import { accessible, fits, PHONE, picture, signIn, until, WIDE } from '../lib.mjs';

export const options = { demo: true };
export const minutes = 12;

/** Something of everything: a campaign that ran, a person who wrote, a bad import. */
async function furnish(api, server) {
  const campaign = (await api.get('/campaigns')).body.data[0];
  assert.ok(campaign, 'the demo has a campaign');
  const launched = await api.post(`/campaigns/${campaign.id}/launch`);
  assert.equal(launched.status, 200, JSON.stringify(launched.body));
  await until('the first message is delivered', async () => {
    const { body } = await api.get(`/campaigns/${campaign.id}/progress`);
    return body.funnel.delivered > 20;
  });
  const message = (await api.get(`/campaigns/${campaign.id}/messages?limit=1&state=delivered`)).body.data[0];
  const wrote = await fetch(`${server.simulator}/__sim/inbound`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      customer: message.phone.replace('+', ''),
      type: 'text',
      text: 'Is the *offer* still on?',
    }),
  });
  assert.ok(wrote.ok, await wrote.text());
  const conversation = await until(
    'the conversation is there',
    async () => (await api.get('/conversations')).body.data[0],
  );
  const profile = (await api.get('/profiles?limit=1')).body.data[0];
  const template = (await api.get('/templates')).body.data[0];
  const account = (await api.get('/accounts')).body.data[0];
  const imported = (await api.get('/imports')).body.data[0];
  const callback = await until(
    'a callback is there',
    async () => (await api.get('/callbacks?limit=1')).body.data[0],
  );
  const draft = await api.post('/campaigns', {
    name: 'Spring greetings',
    template_id: template.id,
    audience: { type: 'everyone' },
  });
  assert.equal(draft.status, 201, JSON.stringify(draft.body));
  return { campaign, conversation, profile, template, account, imported, callback, draft: draft.body };
}

const places = (it) => [
  ['home', '/'],
  ['welcome', '/welcome'],
  ['inbox', '/inbox'],
  ['inbox-thread', `/inbox/${it.conversation.id}`],
  ['campaigns', '/campaigns'],
  ['campaign', `/campaigns/${it.campaign.id}`],
  ['campaign-people', `/campaigns/${it.campaign.id}?tab=people`],
  ['campaign-who', `/campaigns/${it.draft.id}/edit?step=who`],
  ['campaign-what', `/campaigns/${it.draft.id}/edit?step=what`],
  ['campaign-when', `/campaigns/${it.draft.id}/edit?step=when`],
  ['campaign-review', `/campaigns/${it.draft.id}/edit?step=review`],
  ['templates', '/templates'],
  ['template', `/templates/${it.template.id}`],
  ['template-new', '/templates/new'],
  ['profiles', '/profiles'],
  ['profile', `/profiles/${it.profile.id}`],
  ['profiles-import', '/profiles/import'],
  ['imports', '/profiles/imports'],
  ['import', `/profiles/imports/${it.imported.id}`],
  ['whatsapp', '/settings/whatsapp'],
  ['whatsapp-new', '/settings/whatsapp/new'],
  ['whatsapp-account', `/settings/whatsapp/${it.account.id}`],
  ['people', '/settings/people'],
  ['me', '/settings/me'],
  ['audit', '/settings/audit'],
  ['developers', '/developers'],
  ['callbacks', '/developers/callbacks'],
  ['callback', `/developers/callbacks/${it.callback.id}`],
  ['attempts', '/developers/attempts'],
  ['api', '/developers/api'],
  ['phone', '/phone'],
];

/** The page stands: its heading is there and nothing loads any more. */
async function settled(page) {
  await page.locator('h1').first().waitFor();
  await page.waitForFunction(() => !document.querySelector('.mantine-Skeleton-root'), undefined, {
    timeout: 10_000,
  });
  await page.waitForTimeout(150);
}

export async function story({ server, context, page }) {
  const api = await signIn(context, server.url);
  const it = await furnish(api, server);
  const wrong = [];
  const check = async (where, act) => {
    try {
      await act();
    } catch (error) {
      wrong.push(`${where}: ${error.message}`);
    }
  };
  const walk = async (
    suffix,
    { viewport = WIDE, scheme = 'light', language = 'en', direction = 'ltr', axe = true } = {},
  ) => {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme: scheme });
    await page.goto(`${server.url}/`);
    await page.evaluate((l) => localStorage.setItem('harkara.language', l), language);
    for (const [name, path] of places(it)) {
      await check(`${name} (${suffix})`, async () => {
        await page.goto(server.url + path);
        await settled(page);
        if (direction === 'rtl')
          await page.evaluate(() => document.documentElement.setAttribute('dir', 'rtl'));
        await picture(page, `${name}-${suffix}`);
        await fits(page, `${name} (${suffix})`);
        if (axe) await accessible(page, `${name} (${suffix})`);
      });
    }
  };
  await walk('light');
  await walk('dark', { scheme: 'dark' });
  await walk('phone', { viewport: PHONE });
  await walk('hindi', { language: 'hi', axe: false });
  await walk('rtl', { direction: 'rtl', axe: false });
  assert.deepEqual(wrong, [], wrong.join('\n'));
}
