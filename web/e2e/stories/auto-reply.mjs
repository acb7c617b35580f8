// A shop says what people are answered whom it does not know: with their name, within its hours and outside of them. The
// preview says the same as what then arrives on the phone.
import assert from 'node:assert/strict';
import { accessible, looks, signIn, until } from '../lib.mjs';

const RAVI = '919999955501';
const MEENA = '919999955502';
const shown = (locator) => locator.waitFor({ state: 'visible' });

export async function story({ server, context, page, expect }) {
  // What is wrong is refused; that is what the story is about.
  expect(/422.*\/auto-reply/);
  const api = await signIn(context, server.url);
  const sim = async (path, body) => {
    const answer = await fetch(`${server.simulator}/__sim/${path}`, {
      method: body ? 'POST' : 'GET',
      headers: { 'content-type': 'application/json' },
      body: body && JSON.stringify(body),
    });
    const told = await answer.text();
    assert.ok(answer.ok, `${path}: ${told}`);
    return told;
  };
  const writes = (customer, name) => sim('inbound', { customer, name, type: 'text', text: 'hi' });
  const got = (customer, text) =>
    until(`${customer} has "${text}"`, async () => (await sim(`customers/${customer}`)).includes(text));

  const { id } = (await api.get('/accounts')).body.data[0];
  await page.goto(`${server.url}/settings/whatsapp/${id}?tab=setup`);
  await page.getByRole('tab', { name: 'Auto-reply' }).click();
  const text = page.getByRole('textbox', { name: 'What they read', exact: true });
  const preview = page.getByRole('region', { name: 'Preview of the auto-reply' });
  const answer = preview.getByRole('article', { name: 'The answer' });
  const save = page.getByRole('button', { name: 'Save changes', exact: true }).last();
  const saved = async () => {
    await save.click();
    await shown(page.getByText('The auto-reply is saved.').last());
    await until('there is nothing left to save', () => save.isDisabled());
  };

  // A variable that is not there is told in the preview already, and stands at the field when it is saved all the same.
  await text.fill('Hi {{first_name}}');
  await shown(preview.getByText('There is no variable "first_name".', { exact: false }));
  await save.click();
  await until('the text is wrong', async () => (await text.getAttribute('aria-invalid')) === 'true');
  await text.fill('Hi , we are *here*.');
  await text.evaluate((area) => area.setSelectionRange(3, 3));
  await page.getByRole('button', { name: /^Put \{\{name\}\} into What they read$/ }).click();
  assert.equal(await text.inputValue(), 'Hi {{name}}, we are *here*.');
  await save.click();
  const fallback = page.getByRole('textbox', { name: 'When somebody gives no name' });
  await until('a name for the nameless is asked for', () =>
    fallback.evaluate((field) => field === document.activeElement),
  );
  await fallback.fill('friend');
  await shown(answer.getByText('Hi Asha, we are', { exact: false }));
  await shown(answer.locator('strong'));
  const who = preview.getByRole('textbox', { name: 'They call themselves' });
  await who.fill(' ');
  await shown(answer.getByText('Hi friend, we are', { exact: false }));
  await who.fill('Asha');

  // Hours: the whole of each day, on the viewer's own clocks, with one mistake on the way.
  await page.getByRole('radio', { name: 'Within hours' }).check();
  const zone = page.getByRole('combobox', { name: 'On the clocks of' });
  assert.match(await zone.inputValue(), /^Asia\/(Kolkata|Calcutta)$/);
  const from = page.getByLabel('Monday, from', { exact: true });
  const to = page.getByLabel('Monday, to', { exact: true });
  await from.fill('22:00');
  await to.fill('02:00');
  await save.click();
  await shown(page.getByText('It ends before it begins.', { exact: false }).first());
  await until('the end is wrong', async () => (await to.getAttribute('aria-invalid')) === 'true');
  await page.getByRole('checkbox', { name: 'Monday: it ends on the next day' }).check();
  await preview.getByRole('combobox', { name: 'They write on' }).click();
  await page.getByRole('option', { name: 'Tuesday' }).click();
  await preview.getByLabel('At', { exact: true }).fill('01:30');
  await shown(preview.getByText('This is within the hours.'));
  await preview.getByLabel('At', { exact: true }).fill('02:00');
  await shown(preview.getByText('This is outside of the hours.'));
  await shown(preview.getByText('Nothing.', { exact: true }));
  await from.fill('00:00');
  await to.fill('00:00');
  await page.getByRole('button', { name: 'All days as on Monday' }).click();
  await saved();
  await writes(RAVI, 'Ravi {{account}}');
  await got(RAVI, 'Hi Ravi {{account}}, we are *here*.');
  await shown(page.getByText('Answered: 1 person in the last 24 hours', { exact: false }));

  // Outside of the hours another text; who was answered today gets none.
  const hour = new Date(Date.now() + 5.5 * 3_600_000).getUTCHours();
  await from.fill(hour >= 12 ? '04:00' : '18:00');
  await to.fill(hour >= 12 ? '05:00' : '19:00');
  await page.getByRole('button', { name: 'All days as on Monday' }).click();
  await page.getByRole('radio', { name: 'Another text' }).check();
  await save.click();
  const outside = page.getByRole('textbox', { name: 'What they read outside of the hours' });
  await until('the other text is asked for', () =>
    outside.evaluate((field) => field === document.activeElement),
  );
  await outside.fill('Sorry {{name}}, _tomorrow_.');
  await preview.getByLabel('At', { exact: true }).fill('23:10');
  await shown(answer.getByText('Sorry Asha,', { exact: false }));
  await looks(page, 'auto-reply');
  await saved();
  await writes(RAVI, 'Ravi');
  await writes(MEENA, 'Meena');
  await got(MEENA, 'Sorry Meena, _tomorrow_.');
  assert.ok(!(await sim(`customers/${RAVI}`)).includes('Sorry Ravi'), 'once in 24 hours');

  // It is the setting of the form; what is typed and not saved is asked for.
  await text.fill('Not saved');
  await page.getByRole('tab', { name: 'Setup' }).click();
  const setting = page.getByLabel('Auto-reply text', { exact: true });
  assert.equal(await setting.inputValue(), 'Hi {{name}}, we are *here*.');
  await page.getByRole('link', { name: 'Hours, names and how it looks at another time' }).click();
  assert.equal(await text.inputValue(), 'Not saved');
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Templates' }).click();
  const dialog = page.getByRole('dialog');
  await shown(dialog.getByText('What you typed in this form is not saved.'));
  await accessible(page, 'leaving the auto-reply');
  await dialog.getByRole('button', { name: 'Leave' }).click();
  await page.waitForURL(/\/templates/);
  assert.equal((await api.get(`/accounts/${id}/auto-reply`)).body.text, 'Hi {{name}}, we are *here*.');
}
