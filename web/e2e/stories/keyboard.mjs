// A marketer without a mouse: signs in, goes about by keys, writes and launches a campaign, opens a message and closes it,
// answers a customer. Wherever the focus goes, it can be seen, and whatever opened closes by Escape and gives it back.
import assert from 'node:assert/strict';
import { OWNER, picture, signIn, until } from '../lib.mjs';

/** What has the focus, whether that can be seen, and whether something covers it. */
const focus = (page) =>
  page.evaluate(() => {
    const it = document.activeElement;
    if (!it || it === document.body) return { name: 'nothing', seen: true, covered: false };
    const said = it.getAttribute('aria-label') ?? it.labels?.[0]?.textContent ?? it.textContent ?? '';
    const name = `${it.tagName.toLowerCase()} "${said.trim().slice(0, 50)}" on ${location.pathname}`;
    const ring = (e) =>
      [undefined, '::after'].some((part) => {
        const { outlineStyle, outlineWidth, content } = getComputedStyle(e, part);
        return (
          (!part || content !== 'none') && outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 1
        );
      });
    // A hidden box shows it by what is drawn in its place, a field of several parts by its frame.
    const drawn = [
      it,
      it.parentElement,
      it.parentElement?.parentElement,
      it.nextElementSibling,
      it.closest('label'),
    ];
    const seen = drawn.some((e) => e && ring(e)) || it.tabIndex === -1;
    const { left, right, top, bottom } = it.getBoundingClientRect();
    const [x, y] = [(left + right) / 2, (top + bottom) / 2];
    const points = [
      [x, y],
      [left + 2, y],
      [right - 2, y],
      [x, top + 2],
      [x, bottom - 2],
    ];
    const open = points.some(([px, py]) => {
      const hit = document.elementFromPoint(px, py);
      return (
        hit &&
        (it.contains(hit) ||
          hit.contains(it) ||
          hit.closest('label')?.contains(it) ||
          it.parentElement?.contains(hit))
      );
    });
    return { name, seen, covered: !open && it.tabIndex !== -1 };
  });

const focused = (locator) =>
  locator.evaluate((e) => e === document.activeElement || e.contains(document.activeElement));

export async function story({ server, context, page, expect }) {
  expect(/401.*\/api\/v1\/session/);
  const api = await signIn(context, server.url);
  const unseen = new Set();
  const look = async () => {
    const at = await focus(page);
    if (!at.seen) unseen.add(`not seen: ${at.name}`);
    if (at.covered) unseen.add(`covered: ${at.name}`);
    return at;
  };
  const press = async (key) => {
    await page.keyboard.press(key);
    return look();
  };
  /** Presses Tab until it is there. */
  const to = async (locator, key = 'Tab', most = 60) => {
    await locator.first().waitFor();
    const way = [];
    for (let i = 0; i < most; i += 1) {
      if (await focused(locator.first())) return;
      way.push((await press(key)).name);
    }
    throw new Error(`${key} does not lead to ${locator}; it went ${way.slice(-25).join(', ')}`);
  };
  const gone = (locator) => locator.waitFor({ state: 'hidden' });
  /** Opens a list of choices, goes down to one and takes it. */
  const choose = async (box, name) => {
    await to(box);
    await page.keyboard.press('ArrowDown');
    const option = page.getByRole('option', { name });
    await option.waitFor();
    const at = async () =>
      (await box.getAttribute('aria-activedescendant')) === (await option.getAttribute('id'));
    // What is loaded meanwhile begins the list anew: a person goes down to it again.
    await until(`${name} is taken`, async () => {
      if (!(await option.isVisible())) return true;
      if (!(await at())) return void (await page.keyboard.press('ArrowDown'));
      await page.keyboard.press('Enter');
      if (await option.isVisible()) await page.keyboard.press('ArrowDown');
    });
  };
  const heading = (name) => page.getByRole('heading', { name, level: 1 });
  /** A page has come: its heading has the focus. */
  const arrived = async (name) => {
    await heading(name).waitFor();
    await until(`${name} has the focus`, () => focused(heading(name)));
  };
  const button = (name) => page.getByRole('button', { name, exact: typeof name === 'string' });
  const link = (name) => page.getByRole('link', { name, exact: typeof name === 'string' });

  // In, and past the navigation.
  await context.clearCookies();
  await page.goto(`${server.url}/signin`);
  await until('the first field has the focus', () => focused(page.getByLabel('Email')));
  await page.keyboard.type(OWNER.email);
  await to(page.getByLabel(/^Password/));
  await page.keyboard.type(OWNER.password);
  await page.keyboard.press('Enter');
  await arrived('Today');
  const skip = link('Skip to the page');
  await to(skip, 'Shift+Tab');
  await picture(page, 'keyboard-skip');
  await press('Enter');
  await until('the page has the focus', () => focused(page.locator('main')));
  await press('Tab');
  assert.ok(await focused(page.locator('main')), 'what comes next is on the page');

  // Palette, help and menu: opened, closed, and the focus is where it was.
  await to(button('Go to or find'), 'Shift+Tab');
  await page.keyboard.press('Control+k');
  const find = page.getByRole('textbox', { name: 'Go to or find' });
  await until('the palette has the focus', () => focused(find));
  await page.keyboard.press('Escape');
  await gone(find);
  await until('the focus is back', () => focused(button('Go to or find')));
  await to(button(/account, language and colours/));
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: 'Sign out' }).waitFor();
  await picture(page, 'keyboard-menu');
  await page.keyboard.press('Escape');
  await gone(page.getByRole('menuitem', { name: 'Sign out' }));
  await until('the focus is back', () => focused(button(/account, language and colours/)));
  await page.keyboard.press('?');
  await page
    .getByRole('dialog', { name: 'Help and keys' })
    .getByText('Conversation: write an answer')
    .waitFor();
  await picture(page, 'keyboard-help');
  await page.keyboard.press('Escape');
  await gone(page.getByRole('dialog', { name: 'Help and keys' }));
  await page.keyboard.press('Control+k');
  await until('the palette has the focus', () => focused(find));
  // Something is begun from anywhere.
  await picture(page, 'keyboard-palette');
  await page.keyboard.type('Invite');
  await page.getByRole('button', { name: 'Invite somebody' }).waitFor();
  await page.keyboard.press('Enter');
  const invite = page.getByRole('dialog').filter({ has: page.getByLabel('Email') });
  await invite.waitFor();
  await page.keyboard.press('Escape');
  await gone(invite);
  await page.keyboard.press('Control+k');
  await until('the palette has the focus', () => focused(find));
  await page.keyboard.type('Templ');
  await page.getByRole('button', { name: 'Templates' }).waitFor();
  await page.keyboard.press('Enter');
  await arrived('Templates');

  // A list: letters move through it and open a row, a slash leads to its search.
  const welcome = page.getByRole('row').filter({ hasText: 'welcome_offer' });
  await welcome.waitFor();
  await until('j leads to it', async () => (await focused(welcome)) || void (await press('j')));
  await picture(page, 'keyboard-row');
  await page.keyboard.press('Enter');
  await arrived('welcome_offer');
  await page.goBack();
  await page.getByRole('table', { name: 'Templates' }).waitFor();
  await page.keyboard.press('/');
  await until('the search has the focus', () => focused(page.getByRole('searchbox')));
  await page.getByRole('searchbox').blur();

  // A campaign, from its name to its launch.
  await page.keyboard.press('g');
  await page.keyboard.press('c');
  await arrived('Campaigns');
  await to(link('New campaign'));
  await page.keyboard.press('Enter');
  await arrived('New campaign');
  await to(page.getByLabel('Name'));
  await page.keyboard.type('Written by keys');
  await to(button(/^welcome_offer/));
  await page.keyboard.press('Enter');
  await to(button('Go on'));
  await page.keyboard.press('Enter');
  await page.waitForURL(/step=who/);
  await to(page.getByRole('radio', { name: 'Everyone' }));
  await press('ArrowDown');
  assert.ok(await page.getByRole('radio', { name: 'Lists' }).isChecked());
  await choose(page.getByRole('combobox', { name: 'Lists', exact: true }), /^Demo people/);
  await page
    .getByText(/^Demo people \(/)
    .filter({ visible: true })
    .waitFor();
  await to(link('Next: What'));
  await page.keyboard.press('Enter');
  await page.waitForURL(/step=what/);
  for (const [slot, attribute, standard] of [
    ['{{1}}', 'name', 'friend'],
    ['{{2}}', 'city', 'nearest'],
  ]) {
    await choose(
      page.getByRole('combobox', { name: `${slot}: where the value comes from` }),
      'From the profile',
    );
    await to(page.getByRole('combobox', { name: `${slot}: attribute of the profile` }));
    await page.keyboard.type(attribute);
    await to(page.getByLabel(`${slot}: default for people without it`));
    await page.keyboard.type(standard);
  }
  await to(link('Next: When'));
  await page.keyboard.press('Enter');
  await page.waitForURL(/step=when/);
  await to(link('Next: Review'));
  await page.keyboard.press('Enter');
  await page.waitForURL(/step=review/);
  await page.getByText('Ready to be launched').waitFor();
  await to(button(/^Send to \d+ people/));
  await picture(page, 'keyboard-launch');
  await page.keyboard.press('Enter');
  await arrived('Written by keys');

  // A message, looked at and closed.
  const people = page.getByRole('tab', { name: 'People' });
  await to(page.getByRole('tab', { name: 'Overview' }));
  await press('ArrowRight');
  if ((await people.getAttribute('aria-selected')) !== 'true') await page.keyboard.press('Enter');
  const row = page
    .getByRole('table', { name: 'People of the campaign' })
    .getByRole('button')
    .or(page.getByRole('table', { name: 'People of the campaign' }).getByRole('link'));
  await row.first().waitFor({ timeout: 30_000 });
  await to(row);
  await page.keyboard.press('Enter');
  const drawer = page.getByRole('dialog', { name: 'Message' });
  await until('the drawer has the focus', () => focused(drawer));
  await drawer.getByText('What happened').waitFor();
  for (let i = 0; i < 12; i += 1) {
    await press('Tab');
    assert.ok(await focused(drawer), 'the focus stays in the dialog');
  }
  await picture(page, 'keyboard-drawer');
  await page.keyboard.press('Escape');
  await gone(drawer);
  await until('the focus is back at the row', () => focused(row.first()));

  // A question that is not answered yes.
  await page.keyboard.press('g');
  await page.keyboard.press('d');
  await arrived('Developers');
  const revoke = button(/^Revoke/);
  await to(revoke);
  await page.keyboard.press('Enter');
  const question = page.getByRole('dialog');
  await until('the question has the focus', () => focused(question));
  await page.keyboard.press('Escape');
  await gone(question);
  await until('the focus is back', () => focused(revoke));

  // A customer writes and is answered.
  const wrote = await fetch(`${server.simulator}/__sim/inbound`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ customer: '919999910003', type: 'text', text: 'Do you open on Sunday?' }),
  });
  assert.ok(wrote.ok, await wrote.text());
  await until('it is in the inbox', async () => (await api.get('/conversations')).body.data.length > 0);
  await page.keyboard.press('g');
  await page.keyboard.press('i');
  await arrived('Inbox');
  const conversation = page.locator('[data-conversation]').filter({ hasText: 'Do you open on Sunday?' });
  await conversation.waitFor();
  await until('j leads to it', async () => {
    if (await focused(conversation)) return true;
    await press('j');
  });
  await page.keyboard.press('Enter');
  const log = page.getByRole('log', { name: /^Messages with/ });
  await log.getByText('Do you open on Sunday?').waitFor();
  await page.keyboard.press('r');
  const field = page.getByRole('textbox', { name: 'Message', exact: true });
  await until('the field has the focus', () => focused(field));
  await page.keyboard.type('Yes, from ten to four.');
  await page.keyboard.press('Control+Enter');
  await log.getByText('Yes, from ten to four.').waitFor();
  await press('Tab');
  assert.ok(!(await focused(field)), 'Tab leaves the field');
  await press('Shift+Tab');
  await page.keyboard.press('Escape');
  assert.ok(!(await focused(field)), 'Escape leaves the field');
  await picture(page, 'keyboard-answered');

  assert.deepEqual([...unseen], [], [...unseen].join('\n'));
}
