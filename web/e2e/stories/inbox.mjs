// A customer writes from the phone, an agent answers, the phone shows it and the ticks follow; then what the inbox does
// with a second number, a closed window, an opt-out, a failure, a long thread, and a narrow window.
import assert from 'node:assert/strict';
import {
  accessible,
  fits,
  looks,
  openBrowser,
  openPage,
  PHONE,
  picture,
  signIn,
  until,
  WIDE,
} from '../lib.mjs';

const ASHA = '919999910003';
const LATE = '919999910005';
const GONE = '919999910007';
const TALKER = '919999955509';
const SECOND = '+919999900007';

const shown = (locator) => locator.waitFor({ state: 'visible' });

export async function story({ server, context, page, expect }) {
  expect(/409.*\/draft$/);
  expect(/ERR_FAILED.*\/draft$/);
  const api = await signIn(context, server.url);
  const sim = async (path, body, method = 'POST') => {
    const answer = await fetch(`${server.simulator}/__sim/${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const told = await answer.json();
    assert.ok(answer.ok, `${path}: ${JSON.stringify(told)}`);
    return told;
  };
  const writes = (customer, text, more = {}) => sim('inbound', { customer, text, ...more });
  const conversationOf = (customer) =>
    until(`a conversation with ${customer}`, async () => {
      const { body } = await api.get(`/conversations?phone=%2B${customer}`);
      return body.data[0];
    });
  const open = async (customer) => {
    const { id } = await conversationOf(customer);
    await page.goto(`${server.url}/inbox/${id}`);
    await shown(page.getByRole('log', { name: /^Messages with/ }));
    return id;
  };
  const log = page.getByRole('log', { name: /^Messages with/ });
  const phone = page.getByRole('complementary', { name: 'Simulated phone' });
  const message = page.getByRole('textbox', { name: 'Message', exact: true });
  const answer = async (text) => {
    await message.fill(text);
    await message.press('Control+Enter');
    await shown(log.getByText(text));
  };

  await page.setViewportSize(WIDE);
  await page.goto(`${server.url}/inbox`);
  await shown(page.getByRole('heading', { name: 'Inbox', level: 1 }));

  // The customer writes; nobody reloads anything.
  const whose = phone.getByRole('combobox', { name: 'Whose phone' });
  await whose.fill(ASHA);
  await page.getByRole('option', { name: new RegExp(ASHA) }).click();
  await phone.getByRole('textbox', { name: 'Message from this person' }).fill('Is the *blue* kurta back?');
  await page.keyboard.press('Enter');
  const row = page.locator('[data-conversation]').filter({ hasText: 'Is the blue kurta back?' });
  await shown(row);
  await until('the title counts', () => page.title().then((title) => title.startsWith('(1) Inbox')));

  // Opened from the keyboard; the draft outlives a reload; answered from the keyboard.
  await page.getByRole('heading', { name: 'Inbox', level: 1 }).focus();
  await page.keyboard.press('j');
  await until('the row has the focus', () => row.evaluate((element) => element === document.activeElement));
  await page.keyboard.press('Enter');
  await shown(log.getByText('blue'));
  await shown(page.getByText(/^Reply within 2\d h/).first());
  await shown(page.getByText('+91 99999 00000, the number they last wrote to.'));
  await until('it was marked as read', async () => (await conversationOf(ASHA)).unread === 0);
  await until('the title counts no more', () => page.title().then((title) => title === 'Inbox · Harkara'));
  // A colon asks for emoji at the cursor; a smile of signs stays one.
  await message.fill('Glad to hear ');
  await message.press('End');
  await message.press(':');
  const emoji = page.getByRole('dialog', { name: 'Emoji' });
  await emoji.getByRole('searchbox', { name: 'Search emoji' }).fill('sparkling heart');
  await shown(emoji.getByRole('gridcell', { name: 'Sparkling heart' }));
  await page.keyboard.press('Enter');
  await until(
    'the emoji stands at the cursor',
    async () => (await message.inputValue()) === 'Glad to hear 💖',
  );
  await message.press('End');
  await page.keyboard.type(' :');
  await until('the search has the focus', () =>
    page.evaluate(() => document.activeElement?.getAttribute('aria-label') === 'Search emoji'),
  );
  await page.keyboard.type(')');
  await until('the signs stand', async () => (await message.inputValue()) === 'Glad to hear 💖 :)');
  await message.fill('Yes, since');
  await shown(page.getByText('Draft saved.'));
  await shown(page.locator('[data-conversation]').getByText('Draft: Yes, since'));
  await page.reload();
  await until('the draft is there', async () => (await message.inputValue()) === 'Yes, since');
  // It is there on another device; what is written in two places at once is neither written over nor lost.
  const device = await openBrowser();
  await signIn(device.context, server.url);
  const { page: elsewhere } = await openPage(device.context, server.url);
  await elsewhere.goto(page.url());
  const there = elsewhere.getByRole('textbox', { name: 'Message', exact: true });
  await until('the draft is on the other device', async () => (await there.inputValue()) === 'Yes, since');
  await there.fill('Yes, since Monday');
  await shown(elsewhere.getByText('Draft saved.'));
  await message.fill('Yes, since today');
  const two = page.getByRole('alert').filter({ hasText: 'You have another draft' });
  await shown(two.getByText('Yes, since Monday'));
  await looks(page, 'inbox-two-drafts');
  await accessible(page, 'two drafts');
  await two.getByRole('button', { name: 'Keep what is written here' }).click();
  await shown(page.getByText('Draft saved.'));
  await answer('Yes, since this morning. Shall we keep one for you?');
  assert.equal(await message.inputValue(), '');
  // An answer takes its draft along, on every device.
  await elsewhere.reload();
  await shown(elsewhere.getByRole('log').getByText('Yes, since this morning.'));
  assert.equal(await there.inputValue(), '');
  await device.close();
  // Without a server it stays in this browser, and goes up later.
  const draft = `${server.url}/api/v1/conversations/*/draft`;
  await page.route(draft, (route) => route.abort());
  await message.fill('Written in a tunnel');
  await shown(page.getByText('The draft is kept in this browser only.'));
  await page.unroute(draft);
  await page.evaluate(() => dispatchEvent(new Event('online')));
  await shown(page.getByText('Draft saved.'));
  await message.fill('');
  await until('nothing is written any more', async () => !(await conversationOf(ASHA)).draft);

  // The phone shows it, reads it by looking, and the agent sees the ticks.
  await shown(phone.getByText('Shall we keep one for you?'));
  const mine = log.locator('[data-direction=out]').filter({ hasText: 'Shall we keep one' });
  await shown(mine.locator('[data-ticks=read]'));
  await picture(page, 'inbox-answered');
  await accessible(page, 'inbox with a conversation and the phone');

  // Away from the inbox a toast tells, and leads there.
  await page.getByRole('link', { name: 'Profiles' }).first().click();
  // Until the page is there, the chat is still open, and what comes is read.
  await shown(page.getByRole('heading', { name: 'Profiles', level: 1 }));
  await phone.getByRole('textbox', { name: 'Message from this person' }).fill('Yes please!');
  await page.keyboard.press('Enter');
  await shown(page.getByText(/wrote: Yes please!/));
  // Every page says how much is new, in its title and beside the word.
  await until('the title counts', () => page.title().then((title) => title === '(1) Profiles · Harkara'));
  const inbox = page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: /^Inbox/ });
  await until('the navigation counts', () => inbox.textContent().then((text) => text.includes('1 unread')));
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  await shown(log.getByText('Yes please!'));

  // Who writes to another number is answered from that one.
  const account = (await api.get('/accounts')).body.data[0];
  const added = await api.post(`/accounts/${account.id}/numbers`, { phone: SECOND });
  assert.equal(added.status, 201, JSON.stringify(added.body));
  const { number } = await sim('config', undefined, 'GET');
  await sim('config', { number: SECOND.slice(1) });
  await writes(ASHA, 'And on this number?');
  await shown(log.getByText('And on this number?'));
  await shown(page.getByText('+91 99999 00007, the number they last wrote to.'));
  await sim('config', { number });

  // A row shows who it is, with the number below: two people may have one name.
  const known = await api.post('/profiles', { identity: 'tara', phone: `+${TALKER}`, name: 'Tara Talker' });
  assert.ok(known.status < 300, JSON.stringify(known.body));

  // A long thread opens at its end, keeps its place while older pages come, and says what is new.
  // Two that are said in one millisecond may come in either order.
  const begun = Date.now() - 1000;
  for (let n = 1; n <= 70; n += 1) {
    const more = { name: 'Tara Talker', timestamp: begun + n };
    await writes(TALKER, `Line ${n}. ${'More words. '.repeat(n % 9)}`, more);
  }
  await until('all arrived', async () => (await conversationOf(TALKER)).unread === 70);
  const tara = page.locator('[data-conversation]').filter({ hasText: 'Line 70.' });
  await shown(tara.getByText('Tara Talker'));
  await shown(tara.getByText('+91 99999 55509'));
  await open(TALKER);
  await shown(page.getByRole('heading', { name: 'Tara Talker' }));
  await shown(page.getByRole('main').getByText('+91 99999 55509').last());
  await shown(log.getByText(/^Line 70\./));
  const place = () =>
    log.evaluate((element) => {
      const top = element.getBoundingClientRect().top;
      const first = [...element.querySelectorAll('[data-message]')].find(
        (one) => one.getBoundingClientRect().top > top + 10,
      );
      return { id: first.dataset.message, at: first.getBoundingClientRect().top - top };
    });
  /** The message under the eyes, when nothing moves any more. */
  const settled = async () => {
    let last = '';
    return until('nothing moves', async () => {
      const now = await place();
      const same = JSON.stringify(now) === last;
      last = JSON.stringify(now);
      return same && now;
    });
  };
  await settled();
  const of = (id) =>
    log.evaluate((element, wanted) => {
      const one = element.querySelector(`[data-message="${wanted}"]`);
      return one && one.getBoundingClientRect().top - element.getBoundingClientRect().top;
    }, id);
  const older = page.waitForResponse((r) => /\/messages\?.*cursor=/.test(r.url()));
  await log.hover();
  for (let n = 0; n < 60 && (await log.evaluate((element) => element.scrollTop)) > 300; n += 1)
    await page.mouse.wheel(0, -500);
  await older;
  const before = await settled();
  assert.ok(
    (await log.locator('[data-message]').count()) < 60,
    'only the messages in view are in the document',
  );
  await writes(TALKER, 'One more thing');
  await shown(page.getByRole('button', { name: '1 new message' }));
  const moved = Math.abs((await of(before.id)) - before.at);
  assert.ok(moved <= 1, `the message under the eyes moved by ${moved} px`);
  await page.getByRole('button', { name: '1 new message' }).click();
  await shown(log.getByText('One more thing'));
  await until('it was marked as read', async () => (await conversationOf(TALKER)).unread === 0);

  // What was said is found by its words, and the conversation opens where it was said, however far back.
  await page.goto(`${server.url}/inbox`);
  const finds = page.getByRole('searchbox', { name: 'Find people and words' });
  await until('the words were taken', async () => {
    const { body } = await api.get('/conversations/search?q=thing');
    return body.data.length === 1;
  });
  // A person is found by the beginning of a name.
  const called = page.getByRole('region', { name: 'What was found' });
  await finds.fill('tara ta');
  await shown(called.getByRole('heading', { name: 'People' }));
  const person = called.locator('[data-conversation]');
  assert.match(await person.textContent(), /Tara Talker/);
  await looks(page, 'inbox-search-people');
  await accessible(page, 'people who are called so');
  await finds.fill('line 7 ');
  await until('nobody is called so', async () => (await person.count()) === 0);
  const hit = page.locator('[data-said]');
  await until('one message has both words', async () => (await hit.count()) === 1);
  assert.deepEqual(await hit.locator('mark').allTextContents(), ['Line', '7']);
  await looks(page, 'inbox-search');
  await accessible(page, 'messages with words');
  await page.getByRole('heading', { name: 'Inbox', level: 1 }).focus();
  await page.keyboard.press('j');
  await until('the message has the focus', () => hit.evaluate((one) => one === document.activeElement));
  await page.keyboard.press('Enter');
  const foundThere = log.locator('[data-found]').filter({ hasText: 'Line 7.' });
  await shown(foundThere);
  await until('it is in view', () =>
    foundThere.evaluate((element) => {
      const box = element.getBoundingClientRect();
      return box.top > 0 && box.bottom < innerHeight;
    }),
  );
  await picture(page, 'inbox-search-opened');
  await accessible(page, 'a conversation opened at a message');
  await finds.fill('kurta nowhere');
  await shown(page.getByText('Nobody is called so, and no message has these words'));
  await page.getByRole('button', { name: 'Show all conversations' }).click();
  await shown(page.locator('[data-conversation]').first());

  // A closed window takes no text, only templates.
  await writes(LATE, 'Hello from yesterday', { timestamp: Date.now() - 25 * 3_600_000 });
  await page.goto(server.url);
  await until('the navigation counts', () => inbox.textContent().then((text) => text.includes('1 unread')));
  await looks(page, 'home-unread');
  await accessible(page, 'the first page with something new');
  await page.getByRole('link', { name: /^Waiting for an answer/ }).click();
  await page.waitForURL(/\/inbox\?waiting=true/);
  // As many as the first page counts: the message of yesterday cannot be answered freely any more.
  await until('those who wait', async () => (await page.locator('[data-conversation]').count()) === 2);
  await looks(page, 'inbox-waiting');
  await page.getByText('Unread', { exact: true }).click();
  await shown(page.locator('[data-conversation]').filter({ hasText: 'Hello from yesterday' }));
  await open(LATE);
  await shown(page.getByText(/^The 24-hour window closed at/));
  assert.equal(await page.getByRole('button', { name: 'Attach a file' }).count(), 0);
  assert.equal(await message.count(), 0);
  await accessible(page, 'a closed window');
  await page.getByRole('button', { name: 'Choose template' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('searchbox', { name: 'Find a template' }).fill('points');
  await dialog.getByRole('button', { name: /demo_points/ }).click();
  await dialog.getByRole('button', { name: 'Send the template' }).click();
  assert.equal(await dialog.getByText('Give a value.').count(), 3);
  for (const [name, value] of [
    ['1', 'Dear customer'],
    ['2', '1200'],
    ['3', 'Pune'],
  ])
    await dialog.getByRole('combobox', { name: `Value of {{${name}}}` }).fill(value);
  await shown(dialog.getByText(/Namaste Dear customer, you have 1200 points/));
  await page.keyboard.press('Escape');
  await shown(dialog.getByText(/Namaste Dear customer/));
  await accessible(page, 'the template dialog');
  await dialog.getByRole('button', { name: 'Send the template' }).click();
  await shown(log.getByText(/Namaste Dear customer, you have 1200 points/));
  await shown(
    log.locator('[data-direction=out] [data-ticks=delivered], [data-direction=out] [data-ticks=read]'),
  );
  const chat = await sim(`customers/${LATE}`, undefined, 'GET');
  assert.ok(
    chat.messages.some((one) => one.content.body.includes('1200 points')),
    JSON.stringify(chat),
  );

  // Who opted out is not written to.
  await writes(GONE, 'STOP');
  await open(GONE);
  await shown(page.getByText('This person opted out.'));
  assert.equal(await message.count(), 0);
  assert.equal(await page.getByRole('button', { name: 'Choose template' }).count(), 0);

  // What cannot arrive says why, in the bubble.
  await open(TALKER);
  await sim('fail', { next: 1, kind: 'failed:UNKNOWN_SUBSCRIBER' });
  await answer('Does this arrive?');
  const lost = log.locator('[data-direction=out]').filter({ hasText: 'Does this arrive?' });
  await shown(lost.getByText(/^Not delivered/));
  await shown(lost.getByText(/UNKNOWN_SUBSCRIBER/));
  await lost.getByRole('button', { name: 'Copy to the draft' }).click();
  await until('it is a draft', async () => (await message.inputValue()) === 'Does this arrive?');
  await message.fill('');

  // A proxy holds the news back without any error: the page says so, and is read by the clock.
  await page.route('**/api/v1/live', () => {});
  await page.reload();
  const status = page.getByRole('banner').getByRole('status').first();
  await shown(status.getByText('Not live', { exact: true }));
  await looks(page, 'inbox-not-live');
  await accessible(page, 'a page that is not live');
  await writes(TALKER, 'Do you hear me?');
  await shown(log.getByText('Do you hear me?'));
  await page.unroute('**/api/v1/live');
  await page.reload();
  await until('it is live again', () => status.textContent().then((text) => text === 'Live'));

  // Only what nobody read, and one person by number.
  await page.getByText('Unread', { exact: true }).click();
  await shown(page.getByText('Everything has been read'));
  await page.getByRole('button', { name: 'Show all conversations' }).click();
  await page.getByRole('searchbox', { name: 'Find people and words' }).fill(`+${GONE}`);
  await until('one row is left', async () => (await page.locator('[data-conversation]').count()) === 1);

  // One pane at a time at phone width, in the dark.
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.setViewportSize(PHONE);
  await page.goto(`${server.url}/inbox`);
  await shown(page.locator('[data-conversation]').first());
  await fits(page, 'the list at phone width');
  await accessible(page, 'the list at phone width');
  await page.locator('[data-conversation]').filter({ hasText: 'Do you hear me?' }).click();
  await shown(page.getByRole('link', { name: 'Back to the list' }));
  assert.equal(await page.locator('[data-conversation]:visible').count(), 0);
  await fits(page, 'a conversation at phone width');
  await accessible(page, 'a conversation at phone width');
  await picture(page, 'inbox-phone-dark');
  await page.getByRole('link', { name: 'Back to the list' }).click();
  await shown(page.locator('[data-conversation]').first());

  // An agent answers, templates included; a viewer reads and is told why there is nothing to write in.
  await page.setViewportSize(WIDE);
  const become = async (role) => {
    // A page that is open would go on asking for what the new one may not see.
    await page.goto('about:blank');
    await signIn(context, server.url);
    const invited = await api.post('/invites', { email: `${role}@example.com`, role });
    assert.equal(invited.status, 201, JSON.stringify(invited.body));
    const accepted = await api.post('/invites/accept', {
      token: invited.body.url.split('/').at(-1),
      name: `Ravi ${role}`,
      password: 'another long practice password',
    });
    assert.equal(accepted.status, 201, JSON.stringify(accepted.body));
  };
  await become('agent');
  await open(TALKER);
  await answer('Ravi speaking');
  await until('it was taken', async () => (await conversationOf(TALKER)).last_text === 'Ravi speaking');
  await shown(page.getByRole('button', { name: 'Send a template' }));
  await become('viewer');
  await open(TALKER);
  await shown(log.getByText('Ravi speaking'));
  await shown(page.getByText('You can read conversations and not answer them.'));
  assert.equal(await message.count(), 0);
}
