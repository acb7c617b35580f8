// People send a photo, a voice message, a video and a document: an agent sees and hears them in the chat, fetched by our own server
// from the provider; what the provider no longer gives says why. The agent answers with files of the shop's own.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { looks, signIn, until, WIDE } from '../lib.mjs';

const ASHA = '919999910003';

export async function story({ server, context, page, expect }) {
  const api = await signIn(context, server.url);
  const sends = async (type, more = {}) => {
    const answer = await fetch(`${server.simulator}/__sim/inbound`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ customer: ASHA, type, ...more }),
    });
    assert.ok(answer.ok, await answer.text());
  };
  await page.setViewportSize(WIDE);
  await sends('document');
  await sends('voice');
  await sends('video');
  await sends('image', { caption: 'This one, in blue' });
  const { id } = await until('the conversation', async () => {
    const { body } = await api.get(`/conversations?phone=%2B${ASHA}`);
    return body.data[0]?.unread === 4 && body.data[0];
  });
  await page.goto(`${server.url}/inbox/${id}`);
  const log = page.getByRole('log', { name: /^Messages with/ });

  const photo = log.locator('[data-direction=in]').getByRole('link', { name: 'Open the image' });
  await until('the photo is there', () =>
    photo.locator('img').evaluate((image) => image.complete && image.naturalWidth > 0),
  );
  assert.match(await photo.getAttribute('href'), /^\/api\/v1\/messages\/msg_\w+\/media$/);
  for (const kind of ['audio', 'video'])
    await until(`the ${kind} can be played`, () =>
      log.locator(kind).evaluate((media) => media.error === null && media.readyState > 0),
    );
  const download = page.waitForEvent('download');
  await log.locator('a[download]').click();
  assert.ok(
    readFileSync(await (await download).path())
      .subarray(0, 4)
      .equals(Buffer.from('%PDF')),
  );
  await looks(page, 'inbox-media');
  expect(/422.*\/files\?/);
  await attach({ page, log, api });

  // Nobody who may not read the inbox gets a file.
  const stranger = await fetch(`${server.url}${await photo.getAttribute('href')}`);
  assert.equal(stranger.status, 401);

  // A link that the provider does not honour any more.
  expect(/502/);
  const account = (await api.get('/accounts')).body.data[0];
  const gone = { url: `${server.simulator}/media/sample-image?X-Amz-Signature=`, mime_type: 'image/jpeg' };
  const told = await fetch(account.inbound_url.replace(/^https?:\/\/[^/]+/, server.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      waNumber: '919999900000',
      mobile: ASHA,
      type: 'image',
      image: JSON.stringify(gone),
      timestamp: String(Date.now()),
    }),
  });
  assert.ok(told.ok, await told.text());
  const failed = log.getByText('Could not be fetched. Open it to see why.');
  await failed.waitFor();
  await looks(page, 'inbox-media-gone');
  const reason = await context.request.get(
    `${server.url}${await failed.locator('xpath=..').getAttribute('href')}`,
  );
  assert.equal(reason.status(), 502);
  assert.match((await reason.json()).help, /Ask the person to send it again/);
}

const sample = (name) => readFileSync(new URL(`../../../crates/sim/src/media/${name}`, import.meta.url));

/** A picture that is chosen, one that is pasted and taken away, and a document that is dropped. */
async function attach({ page, log, api }) {
  const phone = page.getByRole('complementary', { name: 'Simulated phone' });
  await phone.getByRole('combobox', { name: 'Whose phone' }).fill(ASHA);
  await page.getByRole('option', { name: new RegExp(ASHA) }).click();
  const message = page.getByRole('textbox', { name: 'Message', exact: true });
  const attached = page.getByRole('region', { name: 'Attached file' });
  /** A file from outside: pasted into the field, or dropped on the answer. */
  const comes = (how, name, type, bytes) =>
    message.evaluate(
      (field, given) => {
        const data = new DataTransfer();
        data.items.add(new File([new Uint8Array(given.bytes)], given.name, { type: given.type }));
        if (given.how === 'paste')
          field.dispatchEvent(
            new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }),
          );
        else
          for (const kind of ['dragover', 'drop'])
            field.dispatchEvent(new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true }));
      },
      { how, name, type, bytes: [...bytes] },
    );

  // What is pasted is taken away again by keyboard, and the writing goes on.
  await comes('paste', 'wrong.png', 'image/png', Buffer.from('%PDF-1.7'));
  await attached.getByText('The file says that it is image/png, and it is application/pdf.').waitFor();
  await attached.getByRole('button', { name: 'Remove the file' }).press('Enter');
  await attached.waitFor({ state: 'detached' });
  await until('the field has the focus', () => message.evaluate((field) => field === document.activeElement));

  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Attach a file' }).press('Enter');
  await (await chooser).setFiles({ name: 'blue.jpg', mimeType: 'image/jpeg', buffer: sample('sample.jpg') });
  await attached.getByText('uploaded', { exact: false }).waitFor();
  await message.fill('This *blue*?');
  await looks(page, 'inbox-attached');
  await message.press('Control+Enter');
  await attached.waitFor({ state: 'detached' });
  assert.equal(await message.inputValue(), '');
  // In the chat, and on the phone as the provider was told.
  for (const [where, place] of [
    ['chat', log.locator('[data-direction=out]').filter({ hasText: 'This blue?' })],
    ['phone', phone.getByRole('article').filter({ hasText: 'This blue?' })],
  ]) {
    const image = place.locator('img').last();
    await until(`the picture is in the ${where}`, () => image.evaluate((shown) => shown.naturalWidth > 0));
    assert.match(await image.getAttribute('src'), /^\/files\/hkf_[\w-]{32}\/blue\.jpg$/);
  }

  await comes('drop', 'Price list.pdf', 'application/pdf', sample('sample.pdf'));
  await attached.getByText('Price list.pdf').waitFor();
  await attached.getByText('uploaded', { exact: false }).waitFor();
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  const list = log.locator('[data-direction=out] a[download="Price list.pdf"]');
  await list.waitFor();
  const kept = (await api.get('/files')).body.data;
  assert.deepEqual(
    kept.map(({ name, kind }) => [name, kind]),
    [
      ['Price list.pdf', 'document'],
      ['blue.jpg', 'image'],
    ],
  );
  // As a provider fetches it: from the address alone, and in parts.
  const part = await fetch(kept[0].url, { headers: { range: 'bytes=0-3' } });
  assert.deepEqual([part.status, await part.text()], [206, '%PDF']);
  await looks(page, 'inbox-sent-files');
}
