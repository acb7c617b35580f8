// Every page, and how one is looked at: shared by the stories `pages` and `pages-hindi`.
import assert from 'node:assert/strict';
import { accessible, fits, picture, until } from './lib.mjs';

/** Something of everything: a campaign that ran, a person who wrote, a bad import, a draft. */
export async function furnish(api, server) {
  const like = (await api.get('/campaigns')).body.data.find((one) => one.name === 'Double your points');
  assert.ok(like, 'the demo has a campaign');
  // A few hundred people: what runs all the time keeps the machine from looking at pages.
  const made = await api.post('/campaigns', {
    name: 'Points for our best',
    template_id: like.template_id,
    mapping: like.mapping,
    audience: { type: 'conditions', all: [{ attribute: 'points', is: 'above', value: 4800 }] },
  });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const campaign = made.body;
  const launched = await api.post(`/campaigns/${campaign.id}/launch`);
  assert.equal(launched.status, 200, JSON.stringify(launched.body));
  await until('the first messages are delivered', async () => {
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
  const callback = await until(
    'a callback is there',
    async () => (await api.get('/callbacks?limit=1')).body.data[0],
  );
  const first = async (path) => (await api.get(path)).body.data[0];
  const template = await first('/templates');
  const draft = await api.post('/campaigns', {
    name: 'Spring greetings',
    template_id: template.id,
    audience: { type: 'everyone' },
  });
  assert.equal(draft.status, 201, JSON.stringify(draft.body));
  return {
    campaign,
    message,
    conversation,
    callback,
    template,
    draft: draft.body,
    profile: await first('/profiles?limit=1'),
    account: await first('/accounts'),
    imported: await first('/imports'),
  };
}

const CONDITIONS = JSON.stringify([
  { attribute: 'city', is: 'one_of', value: ['Pune', 'Delhi'] },
  { attribute: 'points', is: 'above', value: 100 },
]);

const places = (it) => [
  ['home', '/'],
  ['welcome', '/welcome'],
  ['inbox', '/inbox'],
  ['inbox-thread', `/inbox/${it.conversation.id}`],
  ['campaigns', '/campaigns'],
  ['campaigns-month', '/campaigns?tab=scheduled&view=month'],
  ['campaign', `/campaigns/${it.campaign.id}`],
  ['campaign-people', `/campaigns/${it.campaign.id}?tab=people`],
  ['campaign-message', `/campaigns/${it.campaign.id}?tab=people&message=${it.message.id}`],
  ['campaign-setup', `/campaigns/${it.campaign.id}?tab=setup`],
  ['campaign-who', `/campaigns/${it.draft.id}/edit?step=who`],
  ['campaign-what', `/campaigns/${it.draft.id}/edit?step=what`],
  ['campaign-when', `/campaigns/${it.draft.id}/edit?step=when`],
  ['campaign-review', `/campaigns/${it.draft.id}/edit?step=review`],
  ['templates', '/templates'],
  ['template', `/templates/${it.template.id}`],
  ['template-new', '/templates/new'],
  ['template-samples', '/templates/samples'],
  ['profiles', '/profiles'],
  ['profile', `/profiles/${it.profile.id}`],
  ['profiles-conditions', `/profiles?conditions=${encodeURIComponent(CONDITIONS)}`],
  ['lists', '/profiles/lists'],
  ['lists-deleted', '/profiles/lists?deleted=true'],
  ['profiles-import', '/profiles/import'],
  ['imports', '/profiles/imports'],
  ['import', `/profiles/imports/${it.imported.id}`],
  ['whatsapp', '/settings/whatsapp'],
  ['whatsapp-new', '/settings/whatsapp/new'],
  ['whatsapp-account', `/settings/whatsapp/${it.account.id}`],
  ['whatsapp-numbers', `/settings/whatsapp/${it.account.id}?tab=numbers`],
  ['whatsapp-auto-reply', `/settings/whatsapp/${it.account.id}?tab=auto-reply`],
  ['whatsapp-trouble', `/settings/whatsapp/${it.account.id}?tab=trouble`],
  ['people', '/settings/people'],
  ['me', '/settings/me'],
  ['frequency-cap', '/settings/frequency-cap'],
  ['audit', '/settings/audit'],
  ['developers', '/developers'],
  ['callbacks', '/developers/callbacks'],
  ['callback', `/developers/callbacks/${it.callback.id}`],
  ['attempts', '/developers/attempts'],
  ['api', '/developers/api'],
  ['phone', '/phone'],
];

/** The page stands: its heading is there, nothing loads any more, and for a moment nothing has moved. */
async function settled(page) {
  await page.locator('h1:visible').first().waitFor();
  await page.locator('header button').last().waitFor();
  // The phone beside the page, where it stands.
  await page.waitForFunction(() =>
    [...document.querySelectorAll('.mantine-AppShell-aside')].every(
      (aside) => !aside.checkVisibility() || aside.querySelector('textarea, [placeholder]'),
    ),
  );
  await page.waitForFunction(() => !document.querySelector('.mantine-Skeleton-root, [data-loading=true]'));
  await page.evaluate(
    () =>
      new Promise((done) => {
        let quiet;
        const rest = () => {
          clearTimeout(quiet);
          quiet = setTimeout(stop, 120);
        };
        const seen = new MutationObserver(rest);
        // What follows a campaign that runs never rests.
        const enough = setTimeout(stop, 2000);
        function stop() {
          seen.disconnect();
          clearTimeout(quiet);
          clearTimeout(enough);
          done();
        }
        seen.observe(document.body, {
          subtree: true,
          childList: true,
          attributes: true,
          characterData: true,
        });
        rest();
      }),
  );
}

/**
 * Goes to every page once and looks at it in each form, `[name, prepare, rules]`: its picture, whether it fits, what axe finds; by
 * `rules` alone where they are given, for axe takes longer than all the rest.
 * `PAGES=inbox,campaign` takes only pages whose names begin so.
 */
export async function walk({ server, page, it, forms }) {
  const only = process.env.PAGES?.split(',');
  const wrong = [];
  const count = { pages: 0, axe: 0 };
  for (const [name, path] of places(it)) {
    if (only && !only.some((start) => name.startsWith(start))) continue;
    count.pages += 1;
    let gone = false;
    for (const [form, prepare, rules] of forms) {
      const where = `${name} (${form})`;
      try {
        await prepare(page);
        if (!gone) await page.goto(server.url + path);
        gone = true;
        await settled(page);
        await picture(page, `${name}-${form}`);
        await fits(page, where);
        if (rules?.length === 0) continue;
        count.axe += 1;
        await accessible(page, where, rules);
      } catch (error) {
        wrong.push(`${where}: ${error.message}`);
      }
    }
  }
  console.log(
    `      ${count.pages} pages in ${forms.map(([form]) => form).join(', ')}: axe looked ${count.axe} times`,
  );
  assert.deepEqual(wrong, [], wrong.join('\n'));
}
