// The simulated phone: its buttons do what they do on a phone, files arrive, and the provider misbehaves on demand.
import assert from 'node:assert/strict';
import { accessible, fits, PHONE, picture, signIn, until, WIDE } from '../lib.mjs';

const WHO = '919999910011';
const shown = (locator) => locator.waitFor({ state: 'visible' });

export async function story({ server, context, page }) {
  const api = await signIn(context, server.url);
  const sim = async (path, body) => {
    const answer = await fetch(`${server.simulator}/__sim/${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const told = await answer.json();
    assert.ok(answer.ok, `${path}: ${JSON.stringify(told)}`);
    return told;
  };
  await page.setViewportSize(WIDE);
  await page.goto(`${server.url}/phone`);
  await shown(page.getByRole('heading', { name: 'Simulated phone', level: 1 }));
  await page.getByRole('combobox', { name: 'Whose phone' }).fill(WHO);
  await page.getByRole('option', { name: new RegExp(WHO) }).click();
  const phone = page.getByRole('region', { name: /^Simulated phone of/ });
  await shown(phone.getByText('Simulated', { exact: true }));
  const field = phone.getByRole('textbox', { name: 'Message from this person' });
  await field.fill('Hello');
  await field.press('Enter');
  await shown(phone.getByText('Hello', { exact: true }));

  const id = await until('the conversation', async () => {
    const { body } = await api.get(`/conversations?phone=%2B${WHO}`);
    return body.data[0]?.id;
  });
  const thread = async () => (await api.get(`/conversations/${id}/messages`)).body.data;

  // A template with quick replies: a tap comes back as an answer to it.
  const templates = (await api.get('/templates?status=approved&limit=100')).body.data;
  const points = templates.find((one) => one.name === 'demo_points');
  const text = (value) => ({ from: 'text', text: value });
  const sent = await api.post(`/conversations/${id}/messages`, {
    template_id: points.id,
    mapping: { body: [text('Asha'), text('77'), text('Pune')] },
  });
  assert.equal(sent.status, 202, JSON.stringify(sent.body));
  await phone.getByRole('button', { name: /^I will come/ }).click();
  const reply = await until('the tap arrives', async () =>
    (await thread()).find((one) => one.direction === 'in' && one.content.reply?.title === 'I will come'),
  );
  assert.equal(reply.in_reply_to, sent.body.message_id);

  // Looking reads; without receipts it stays delivered.
  const stateOf = async (mid) => (await api.get(`/messages/${mid}`)).body.state;
  await until('it was read', async () => (await stateOf(sent.body.message_id)) === 'read');
  await sim('config', { read_rate: 0 });
  await phone.getByRole('switch', { name: 'Read receipts' }).click({ force: true });
  const quiet = await api.post(`/conversations/${id}/messages`, {
    content: { type: 'text', body: 'Quietly' },
  });
  await shown(phone.getByText('Quietly'));
  await until('it arrived', async () => (await stateOf(quiet.body.message_id)) === 'delivered');
  await phone.getByRole('switch', { name: 'Read receipts' }).click({ force: true });
  await until('it was read after all', async () => (await stateOf(quiet.body.message_id)) === 'read');

  // Files and places.
  await phone.getByRole('button', { name: 'Attach' }).click();
  await page.getByRole('menuitem', { name: 'Sample picture' }).click();
  await until('the picture arrives', async () =>
    (await thread()).some((one) => one.content.type === 'image'),
  );
  await phone.getByRole('button', { name: 'Attach' }).click();
  await page.getByRole('menuitem', { name: 'Sample location' }).click();
  await until('the place arrives', async () =>
    (await thread()).some((one) => one.content.type === 'location'),
  );
  await picture(page, 'phone');
  await accessible(page, 'the phone');

  // The provider misbehaves, and behaves again.
  await page.getByRole('button', { name: 'Simulator controls' }).click();
  const drawer = page.getByRole('dialog', { name: 'Simulator controls' });
  await drawer.getByRole('button', { name: 'Half of the reports lost' }).click();
  await until('reports get lost', async () => (await sim('config')).report_loss === 0.5);
  await drawer.getByText('By number').click();
  await drawer.getByRole('textbox', { name: 'Numbers that end in' }).fill('010011');
  await drawer.getByRole('button', { name: 'Let these numbers fail' }).click();
  await shown(drawer.getByText('…010011'));
  await accessible(page, 'the controls');
  await picture(page, 'phone-controls');
  await drawer.getByRole('button', { name: 'Clear all and behave' }).click();
  await until('all is well', async () => {
    const { report_loss, fail_suffix } = await sim('config');
    return report_loss === 0 && fail_suffix.length === 0;
  });
  await page.keyboard.press('Escape');
  await drawer.waitFor({ state: 'hidden' });

  await page.setViewportSize(PHONE);
  await page.reload();
  await shown(phone.getByText('I will come').first());
  await fits(page, 'the phone at phone width');
  await accessible(page, 'the phone at phone width');
}
