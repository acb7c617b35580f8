// People send a photo, a voice message, a video and a document: an agent sees and hears them in the chat, fetched by our own server
// from the provider; what the provider no longer gives says why.
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

  const photo = log.getByRole('link', { name: 'Open the image' });
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
