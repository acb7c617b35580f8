// A marketer writes a template with every part, sees what WhatsApp would refuse while writing, sends it to be approved,
// tries it on a phone, rewords it, and clones it.
import assert from 'node:assert/strict';
import { accessible, fits, looks, PHONE, picture, signIn, until, WIDE } from '../lib.mjs';

const CUSTOMER = '919999955512';

/** The smallest png. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);

/** The simulated provider's own door. */
async function sim(server, path, data) {
  const response = await fetch(`${server.simulator}/__sim/${path}`, {
    method: data === undefined ? 'GET' : 'POST',
    headers: { 'content-type': 'application/json' },
    body: data === undefined ? undefined : JSON.stringify(data),
  });
  assert.ok(response.ok, await response.clone().text());
  return response.json();
}

async function addButton(page, kind, fields) {
  // What the server finds may move the page by a line: the menu opens when it has answered.
  await page.locator('[aria-label=Rules][aria-busy=false]').waitFor();
  await page.getByRole('button', { name: 'Add a button' }).click();
  await page.getByRole('menuitem', { name: kind }).click();
  for (const [label, value] of Object.entries(fields))
    await page.getByLabel(label, { exact: true }).last().fill(value);
}

export async function story(given) {
  // What a draft uses is not deleted, and what is gone for good is not found.
  given.expect(/409.*\/templates\//);
  // A picture that is none.
  given.expect(/422.*\/files\?/);
  const api = await signIn(given.context, given.server.url);
  await write({ ...given, api });
  await send({ ...given, api });
  await change({ ...given, api });
  await compare({ ...given, api });
}

async function write({ server, page, api }) {
  await page.goto(`${server.url}/templates`);
  await page.getByRole('link', { name: 'welcome_offer' }).waitFor();

  // What the provider holds is taken over again.
  await page.getByRole('button', { name: 'Import from provider' }).click();
  await page.getByRole('menuitem').first().click();
  await page.getByText(/^New: \d+\. Changed: \d+\. The same as before: [1-9]/).waitFor();
  await page.keyboard.press('Escape');

  // The list is searched and filtered, and its address holds both.
  await page.getByRole('searchbox', { name: 'Search by name or words' }).fill('points waiting in');
  await page.waitForURL(/q=points/);
  await page.getByRole('link', { name: 'welcome_offer' }).waitFor({ state: 'detached' });
  await page.reload();
  await page.getByRole('link', { name: 'demo_points' }).waitFor();
  assert.equal(await page.getByRole('link', { name: 'welcome_offer' }).count(), 0);
  await page.getByRole('searchbox').fill('nothing has these words');
  await page.getByRole('button', { name: 'Clear the filters' }).click();
  await page.getByRole('link', { name: 'welcome_offer' }).waitFor();
  assert.equal(await page.getByRole('searchbox').inputValue(), '');
  await page.getByRole('combobox', { name: 'Status' }).click();
  await page.getByRole('option', { name: 'Paused' }).click();
  await page.getByText('No templates match').waitFor();
  assert.match(page.url(), /status=paused/);

  // An empty template says what is missing, and leads there.
  await page.getByRole('link', { name: 'New template' }).click();
  await page.getByRole('heading', { name: 'New template' }).waitFor();
  await page.getByRole('button', { name: 'Submit for approval' }).click();
  await page.getByText('Give the template a name.').first().waitFor();
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('data-pointer')), '/name');

  await page.getByRole('textbox', { name: 'Name', exact: true }).pressSequentially('Diwali Offer 1');
  assert.equal(await page.getByRole('textbox', { name: 'Name', exact: true }).inputValue(), 'diwali_offer_1');
  await page.getByRole('radio', { name: /^Marketing/ }).click();
  await page.getByRole('radiogroup', { name: 'Header' }).getByText('Image').click();
  await upload(page);

  // Mistakes are told while writing, in the list and at the field.
  const body = page.getByRole('textbox', { name: 'Text', exact: true }).first();
  const rules = page.getByRole('region', { name: 'Rules' });
  await body.fill('{{1}} {{3}} and more words of this shop');
  await rules.getByText('Two placeholders stand side by side').waitFor();
  await rules.getByText('may not begin or end with a placeholder').waitFor();
  await rules.getByText('Number them anew').waitFor();
  await page.getByRole('button', { name: 'Save draft' }).click();
  assert.match(page.url(), /\/templates\/new/);

  // A name that is taken is told while it is typed.
  const name = page.getByRole('textbox', { name: 'Name', exact: true });
  const account_id = (await api.get('/accounts')).body.data[0].id;
  const other = {
    account_id,
    name: 'holi_offer',
    language: 'en',
    category: 'marketing',
    content: { body: 'Hi' },
  };
  assert.equal((await api.post('/templates', other)).status, 201);
  const taken = rules.getByText('has a template "holi_offer" in en already');
  await name.fill('holi_offer');
  await taken.waitFor();
  await name.fill('diwali_offer_1');
  await taken.waitFor({ state: 'detached' });

  // What is pasted and too long is cut, and that is told.
  await body.fill('');
  await body.focus();
  await body.evaluate(
    (field, text) => {
      const data = new DataTransfer();
      data.setData('text/plain', text);
      field.dispatchEvent(
        new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }),
      );
    },
    'long words '.repeat(455).slice(0, 5_000),
  );
  await page.getByText('3,976 characters of what you pasted were cut off').waitFor();
  assert.equal((await body.inputValue()).length, 1024);

  // Lines become a list and a quote, and emoji come from this server.
  await body.fill('milk\nbread');
  await body.press('Control+a');
  await page.getByRole('button', { name: 'Numbered list' }).click();
  assert.equal(await body.inputValue(), '1. milk\n2. bread');
  await page.getByRole('button', { name: 'Quote', exact: true }).click();
  assert.equal(await body.inputValue(), '> milk\n> bread');
  await page.getByRole('button', { name: 'Quote', exact: true }).click();
  assert.equal(await body.inputValue(), 'milk\nbread');
  await body.press('Control+End');
  await page.getByRole('button', { name: 'Emoji' }).click();
  const emoji = page.getByRole('dialog', { name: 'Emoji' });
  await emoji.getByRole('searchbox', { name: 'Search emoji' }).fill('sparkling heart');
  await emoji.getByRole('gridcell', { name: 'Sparkling heart' }).waitFor();
  await accessible(page, 'the emoji');
  await picture(page, 'story-emoji');
  await page.keyboard.press('Enter');
  await until('the emoji stands in the body', async () => (await body.inputValue()) === 'milk\nbread💖');
  assert.ok(await body.evaluate((field) => field === document.activeElement), 'writing goes on in the body');

  // The toolbar marks what is selected, and puts in an attribute with its place.
  await body.fill('Hello there, our sale is on until Sunday evening. Show this at the counter, ');
  await body.evaluate((field) => field.setSelectionRange(17, 21));
  await page.getByRole('button', { name: 'Bold' }).click();
  assert.match(await body.inputValue(), /our \*sale\* is on/);
  await body.press('Control+End');
  await page.getByRole('button', { name: 'Insert placeholder' }).click();
  await page.getByRole('menuitem', { name: 'name', exact: true }).click();
  await body.press('Control+End');
  await body.pressSequentially(', and you get a gift.');
  assert.match(await body.inputValue(), /counter, \{\{1\}\}, and you get a gift\.$/);
  await page.getByLabel('{{1}} in the body: default for people without it').fill('dear friend');
  await page.getByLabel('Footer text, if wanted').fill('Reply STOP to end');
  await addButton(page, /^Open a link/, { Text: 'Shop now', Link: 'https://shop.example/o/{{1}}' });
  await rules.getByText('the end of the link of button 1').waitFor();
  await page.getByLabel('End of the link of button 1: text').fill('diwali');
  await addButton(page, /^Call a number/, {
    Text: 'Call us',
    'Phone number with country code': '+91 99999 00001',
  });
  await addButton(page, /^Quick reply/, { Text: 'Tell me more' });
  await addButton(page, /^Quick reply/, { Text: 'Stop promotions' });
  // There is one call at most, and it says so.
  await page.getByRole('button', { name: 'Add a button' }).click();
  const call = page.getByRole('menuitem', { name: /^Call a number/ });
  assert.ok(await call.isDisabled());
  assert.match(await call.textContent(), /1 of these at most/);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Move button 4 up' }).click();
  await rules.getByText('Nothing stands in the way').waitFor();

  // The phone shows it as it will be: folded, filled, with marks.
  const phone = page.getByRole('article', { name: 'Preview of the message' });
  await phone.getByText('dear friend').waitFor({ state: 'attached' });
  assert.equal(await phone.locator('strong').first().textContent(), 'sale');
  assert.equal(await phone.getByText('Tell me more').count(), 0);
  await phone.getByRole('button', { name: 'See all options' }).click();
  const shown = (await phone.textContent()).replaceAll(/\s+/g, ' ');
  assert.ok(shown.indexOf('Stop promotions') < shown.indexOf('Tell me more'), shown);
  await picture(page, 'story-template');
  await accessible(page, 'the builder');

  // As one person gets it, and at night.
  const profile = (await api.get('/profiles?limit=1')).body.data[0];
  await page.getByRole('combobox', { name: 'As it reaches' }).fill(profile.name);
  await page.getByRole('option').filter({ hasText: profile.name }).first().click();
  await phone.getByText(profile.name).waitFor({ state: 'attached' });
  await page.getByRole('radiogroup', { name: 'Scheme of the phone' }).getByText('Dark').click();
  await accessible(page, 'the builder with a dark phone');

  // Leaving asks first.
  await page.getByRole('link', { name: 'All templates' }).click();
  await page.getByRole('button', { name: 'Stay' }).click();
  assert.match(page.url(), /\/templates\/new/);

  // Saved as it was written.
  await page.getByRole('button', { name: 'Save draft' }).click();
  await page.getByRole('heading', { name: 'diwali_offer_1' }).waitFor();
  const made = (await api.get('/templates?limit=1')).body.data[0];
  assert.equal(made.name, 'diwali_offer_1');
  assert.deepEqual(made.mapping.body, [{ from: 'attribute', name: 'name', default: 'dear friend' }]);
  assert.deepEqual(
    made.content.buttons.map((b) => b.text),
    ['Shop now', 'Call us', 'Stop promotions', 'Tell me more'],
  );
}

/** The picture of the header, from the marketer's own computer. */
async function upload(page) {
  const field = page.getByLabel('Or upload a file, or drop it here');
  const drop = page.getByRole('region', { name: 'Upload the file of the header' });
  await drop.getByText('jpg, jpeg, png, 5 MB at most.').waitFor();
  // This server is on this machine, where no provider comes.
  await drop.getByText(/Providers cannot fetch files from 127\.0\.0\.1/).waitFor();
  const pick = (name, buffer) => field.setInputFiles({ name, mimeType: 'image/png', buffer });
  await pick('large.png', Buffer.alloc((5 << 20) + 1));
  await drop.getByText('large.png has 5.1 MB, and WhatsApp takes at most 5 MB').waitFor();
  await pick('bill.png', Buffer.from('%PDF-1.7'));
  await drop.getByText('The file says that it is image/png, and it is application/pdf.').waitFor();
  await pick('diwali.png', PNG);
  await drop.getByText('diwali.png is uploaded.').waitFor();
  assert.match(
    await page.getByLabel("Link of the header's file: text").inputValue(),
    /^http:\/\/127\.0\.0\.1:\d+\/files\/hkf_[\w-]{32}\/diwali\.png$/,
  );
  const shown = page.getByRole('article', { name: 'Preview of the message' }).locator('img');
  await until('the preview shows it', () => shown.evaluate((image) => image.naturalWidth > 0));
  await looks(page, 'story-template-upload');
}

const status = (page, word) =>
  page.getByRole('main').getByText(word, { exact: true }).first().waitFor({ state: 'visible' });

/** Approved by the provider, it reaches a phone. */
async function send({ server, page, api }) {
  await sim(server, 'config', { template_approval_ms: 0 });
  await page.getByRole('button', { name: 'Submit for approval' }).click();
  await page.getByText(/^Submitted\./).waitFor();
  await status(page, 'In review');
  assert.equal(
    await page.getByRole('button', { name: 'Send a test' }).count(),
    0,
    'not before it is approved',
  );
  await accessible(page, 'a template in review');
  await page.getByRole('button', { name: 'Ask the provider now' }).click();
  await status(page, 'Approved');
  // What the provider gave back is what was written.
  const approved = (await api.get('/templates?limit=1')).body.data[0];
  assert.deepEqual(approved.mapping.body, [{ from: 'attribute', name: 'name', default: 'dear friend' }]);
  await page.getByText('No campaign yet.').waitFor();

  await page.getByRole('button', { name: 'Send a test' }).click();
  const dialog = page.getByRole('dialog', { name: 'Send a test of diwali_offer_1' });
  await dialog.getByLabel('Phone number').fill(`+${CUSTOMER}`);
  await dialog.getByRole('button', { name: 'Send the test' }).click();
  const fate = dialog.getByRole('status', { name: 'What became of it' });
  // Said of what was delivered, or read.
  await fate.getByText('Nothing to do.', { exact: true }).waitFor();
  await accessible(page, 'a test that arrived');
  await picture(page, 'story-template-test');
  const { messages } = await sim(server, `customers/${CUSTOMER}`);
  const got = messages.at(-1).content;
  // What the provider was told leads to the picture.
  const address = /http:[^"]*\/files\/hkf_[^"]*diwali\.png/.exec(JSON.stringify(got))[0];
  assert.equal((await fetch(address)).headers.get('content-type'), 'image/png');
  assert.match(got.body, /Show this at the counter, dear friend, and you get a gift\./);
  assert.deepEqual(
    got.buttons.map((button) => button.text),
    ['Shop now', 'Call us', 'Stop promotions', 'Tell me more'],
  );
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
}

/** Other words have to be approved again; a copy is a draft of its own, which can be thrown away. */
async function change({ page, api }) {
  const { id } = (await api.get('/templates?limit=1')).body.data[0];
  const body = page.getByRole('textbox', { name: 'Text', exact: true }).first();
  await body.fill('Hello there, our sale is over. Show this at the counter, {{1}}, and you get a gift.');
  // Nothing typed changes what went to the provider: it waits in this browser, also over a reload.
  await page.getByText('Not saved yet. Kept in this browser until you save.').waitFor();
  await page.reload();
  await page.getByText('This browser kept it').waitFor();
  assert.match(await body.inputValue(), /sale is over/);
  assert.match((await api.get(`/templates/${id}`)).body.content.body, /until Sunday/);
  await page.getByRole('button', { name: 'Discard changes' }).click();
  await page.getByText('All saved').waitFor();
  assert.match(await body.inputValue(), /until Sunday/);
  await page.getByRole('button', { name: 'Undo' }).click();
  await until('it is there again', async () => /sale is over/.test(await body.inputValue()));
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  const question = page.getByRole('dialog', { name: 'Save other words?' });
  await question.getByRole('button', { name: 'Do not save yet' }).click();
  await question.waitFor({ state: 'hidden' });
  assert.match((await api.get(`/templates/${id}`)).body.content.body, /until Sunday/);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await question.waitFor();
  await accessible(page, 'the question what becomes of a reworded template');
  await question.getByRole('button', { name: 'Save as a draft, to be approved again' }).click();
  await status(page, 'Draft');
  await page.getByRole('button', { name: 'Send a test' }).waitFor({ state: 'detached' });
  const reworded = (await api.get(`/templates/${id}`)).body;
  assert.equal(reworded.status, 'draft');
  assert.match(reworded.content.body, /sale is over/);

  // A draft is saved by itself, and each version is a way back.
  await body.fill('Hello there, our sale goes on. Show this at the counter, {{1}}, and you get a gift.');
  await until('the draft is saved', async () =>
    /sale goes on/.test((await api.get(`/templates/${id}`)).body.content.body),
  );
  await page.getByText('All saved').waitFor();
  await page.getByRole('button', { name: 'More for diwali_offer_1' }).click();
  await page.getByRole('menuitem', { name: 'Versions' }).click();
  const versions = page.getByRole('dialog', { name: 'Versions of diwali_offer_1' });
  await versions.getByRole('button', { name: /Saved while typing/ }).waitFor();
  await versions.getByText('sale goes on').first().waitFor();
  await accessible(page, 'the versions of a template');
  await picture(page, 'story-template-versions');
  await versions.getByRole('listitem').nth(1).getByRole('button').click();
  await versions.getByText('What differs from now').click();
  await versions.getByRole('button', { name: 'Go back to this' }).click();
  await versions.waitFor({ state: 'hidden' });
  await until('it says again what it said', async () => /sale is over/.test(await body.inputValue()));

  await page.getByRole('button', { name: 'More for diwali_offer_1' }).click();
  await page.getByRole('menuitem', { name: 'Clone' }).click();
  await page.waitForURL(/\/templates\/new\?from=/);
  const name = page.getByRole('textbox', { name: 'Name', exact: true });
  await until('the copy has a name', async () => (await name.inputValue()) === 'diwali_offer_1_copy');
  assert.match(await body.inputValue(), /sale is over/);
  await page.getByRole('button', { name: 'Save draft' }).click();
  await page.getByRole('heading', { name: 'diwali_offer_1_copy' }).waitFor();

  await putAway(page, api);
  await page.getByRole('link', { name: 'diwali_offer_1', exact: true }).waitFor();
}

/** Deleted, it comes back at once or from the recently deleted, and it can go for good; what a draft uses stays. */
async function putAway(page, api) {
  const copy = page.getByRole('link', { name: 'diwali_offer_1_copy' });
  const remove = async () => {
    await page.getByRole('button', { name: 'More for diwali_offer_1_copy' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
  };
  await remove();
  await page.waitForURL(/\/templates$/);
  const said = page.getByRole('alert').filter({ hasText: '"diwali_offer_1_copy" is deleted' });
  await copy.waitFor({ state: 'detached' });
  await said.getByRole('button', { name: 'Undo' }).click();
  await copy.waitFor();

  // A draft needs it: the list says so, leads there, and it is not deleted.
  const { id } = (await api.get('/templates?search=diwali_offer_1_copy')).body.data[0];
  const draft = { name: 'Diwali', template_id: id, audience: { type: 'everyone' } };
  const made = await api.post('/campaigns', draft);
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const row = page.getByRole('row').filter({ has: copy });
  await row.getByRole('link', { name: '1 draft' }).waitFor();
  await accessible(page, 'the list of templates');
  await picture(page, 'story-template-list');
  await remove();
  const refused = page.getByRole('alert').filter({ hasText: '1 draft(s) were made with the template' });
  await refused.getByRole('button', { name: 'Close' }).click();
  await row.getByRole('link', { name: '1 draft' }).click();
  await page.waitForURL(/tab=drafts&template=tpl_/);
  await page.getByText('Template: diwali_offer_1_copy', { exact: false }).waitFor();
  await page.getByRole('button', { name: 'More about Diwali' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await page.getByRole('button', { name: 'Delete the draft' }).click();
  await page.getByText('No campaign here fits these filters').waitFor();
  await page.getByRole('navigation').getByRole('link', { name: 'Templates' }).first().click();

  await copy.waitFor();
  await remove();
  await copy.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Recently deleted' }).click();
  const gone = page.getByRole('row').filter({ hasText: 'diwali_offer_1_copy' });
  await gone.getByText('30 days left').waitFor();
  await accessible(page, 'the recently deleted templates');
  await picture(page, 'story-template-deleted');
  await page.setViewportSize(PHONE);
  await fits(page, 'the recently deleted on a phone');
  await page.setViewportSize(WIDE);
  await gone.getByRole('button', { name: 'Restore diwali_offer_1_copy' }).click();
  await page.getByText('Nothing was deleted in the last 30 days').waitFor();
  assert.equal((await api.get(`/templates/${id}`)).body.deleted_at, undefined);
  const back = page.getByRole('alert').filter({ hasText: '"diwali_offer_1_copy" is back in the list.' });
  await back.getByRole('button', { name: 'Undo' }).click();
  await gone.getByRole('button', { name: 'Delete diwali_offer_1_copy for good' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete for good' }).click();
  await page.getByText('Nothing was deleted in the last 30 days').waitFor();
  await page.getByRole('button', { name: 'Back to all templates' }).click();
}

/** The provider still holds the words from before: the two are compared, and theirs are taken over. */
async function compare({ page, api }) {
  await page.getByText('Differs at the provider', { exact: true }).first().click();
  await page.waitForURL(/differs=true/);
  await page.getByRole('link', { name: 'welcome_offer' }).waitFor({ state: 'detached' });
  await accessible(page, 'the templates that differ');
  await page.getByRole('link', { name: 'diwali_offer_1', exact: true }).click();
  await page.getByRole('button', { name: 'Compare the two' }).click();
  const dialog = page.getByRole('dialog', { name: 'diwali_offer_1, here and at the provider' });
  await dialog.getByRole('region', { name: 'At the provider' }).getByText('until Sunday').first().waitFor();
  assert.equal(await dialog.locator('del').textContent(), 'over');
  assert.match(
    await dialog
      .locator('ins')
      .allInnerTexts()
      .then((all) => all.join('')),
    /Sunday/,
  );
  await looks(page, 'story-template-differs');
  await dialog.getByRole('button', { name: 'Take over what the provider holds' }).click();
  await dialog.waitFor({ state: 'hidden' });
  await status(page, 'Approved');
  const body = page.getByRole('textbox', { name: 'Text', exact: true }).first();
  await until('the form has their words', async () => /until Sunday/.test(await body.inputValue()));
  const taken = (await api.get('/templates?limit=1')).body.data[0];
  assert.equal(taken.status, 'approved');
  assert.deepEqual(taken.mapping.body, [{ from: 'attribute', name: 'name', default: 'dear friend' }]);
  assert.equal(await page.getByRole('button', { name: 'Compare the two' }).count(), 0);
}
