// A user keeps filters under a name, finds them on another machine, renames, changes and deletes them, each time with a way
// back, and never sees those of others.
import assert from 'node:assert/strict';
import { accessible, looks, OWNER, openBrowser, openPage, signIn, until } from '../lib.mjs';

export const options = { demo: true };

export async function story({ server, context, page, wrong, expect }) {
  const { url } = server;
  // A name that is taken.
  expect(/422.*\/me\/views/);
  const api = await signIn(context, url);
  const names = async (list) =>
    (await api.get(`/me/views?page=${list}`)).body.data.map((view) => view.name).join();
  const views = page.getByRole('button', { name: /^Saved view/ });
  const act = async (name) => {
    await views.click();
    await page.getByRole('menuitem', { name }).click();
  };
  const undo = (said) =>
    page.getByRole('alert').filter({ hasText: said }).getByRole('button', { name: 'Undo' }).click();

  await page.goto(`${url}/profiles`);
  await views.click();
  await page.getByText('Choose filters, then save them here under a name.').waitFor();
  await page.keyboard.press('Escape');
  await page.goto(`${url}/profiles?consent=opted_out`);
  await act('Save these filters');
  const form = page.getByRole('dialog');
  await accessible(page, 'naming a view');
  await form.getByLabel('Name').fill('Said stop');
  await page.keyboard.press('Enter');
  await page.getByText('"Said stop" is among your saved views.').waitFor();
  await page.getByRole('button', { name: 'Saved view: Said stop' }).waitFor();

  // A second one; a name is taken once.
  await page.getByRole('button', { name: 'Clear the filters' }).click();
  await page.getByRole('searchbox', { name: 'Search' }).fill('a');
  await page.waitForURL(/q=a/);
  await act('Save these filters');
  await form.getByLabel('Name').fill('Said stop');
  await form.getByRole('button', { name: 'Save' }).click();
  await form.getByText('You have a view of this name already. Choose another name.').waitFor();
  await form.getByLabel('Name').fill('Begins with A');
  await form.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('button', { name: 'Saved view: Begins with A' }).waitFor();
  await views.click();
  await page.getByRole('menuitemradio', { name: 'Begins with A', checked: true }).waitFor();
  await looks(page, 'views-menu');

  // By keys alone: down to the other one.
  await page.getByRole('menuitemradio', { name: 'Begins with A' }).focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForURL(/consent=opted_out/);
  assert.equal(await page.getByRole('searchbox', { name: 'Search' }).inputValue(), '');
  assert.ok(!page.url().includes('q='), page.url());

  // A filter more, and the view follows; back again.
  await page.getByRole('searchbox', { name: 'Search' }).fill('b');
  await page.waitForURL(/q=b/);
  await act('Change "Said stop" to these filters');
  await page.getByRole('button', { name: 'Saved view: Said stop' }).waitFor();
  await undo('has these filters now');
  await page.getByRole('button', { name: 'Saved views' }).waitFor();
  await views.click();
  await page.getByRole('menuitemradio', { name: 'Said stop' }).click();
  await page.waitForURL((at) => !at.search.includes('q='));

  await act('Rename "Said stop"');
  await form.getByLabel('Name').fill('Opted out');
  await form.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('button', { name: 'Saved view: Opted out' }).waitFor();
  await act('Delete "Opted out"');
  await until('it is gone', async () => (await names('profiles')) === 'Begins with A');
  await undo('is deleted');
  await page.getByRole('button', { name: 'Saved view: Opted out' }).waitFor();

  await everyList({ page, url, names, views, form });
  await onAnotherMachine(url, wrong);
}

/** Each list with filters keeps its own. */
async function everyList({ page, url, names, views, form }) {
  for (const [list, path] of [
    ['campaigns', '/campaigns?tab=finished'],
    ['audit', '/settings/audit?action=session.create'],
    ['callbacks', '/developers/callbacks?state=applied'],
    ['attempts', '/developers/attempts?outcome=failed'],
    ['inbox', '/inbox?unread=true'],
  ]) {
    await page.goto(`${url}${path}`);
    await views.click();
    await page.getByRole('menuitem', { name: 'Save these filters' }).click();
    await form.getByLabel('Name').fill(`My ${list}`);
    await form.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: `Saved view: My ${list}` }).waitFor();
    assert.equal(await names(list), `My ${list}`);
    await page.goto(`${url}${path.split('?')[0]}`);
    await views.click();
    await page.getByRole('menuitemradio', { name: `My ${list}` }).click();
    await page.waitForURL((at) => at.search === path.slice(path.indexOf('?')));
    await looks(page, `views-${list}`);
  }
}

async function onAnotherMachine(url, wrong) {
  const other = await openBrowser();
  try {
    const there = await openPage(other.context, url);
    await signIn(other.context, url, OWNER);
    await there.page.goto(`${url}/profiles`);
    await there.page.getByRole('button', { name: 'Saved views' }).click();
    await there.page.getByRole('menuitemradio', { name: 'Opted out' }).click();
    await there.page.waitForURL(/consent=opted_out/);
    wrong.push(...there.wrong);
  } finally {
    await other.close();
  }
}
