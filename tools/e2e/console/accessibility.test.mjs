// Every page in both themes and on a phone: axe-core, width, shifts of the layout; and the keyboard.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { checkPage } from './check-page.mjs';
import { PASSWORD, asAdmin, createUser, go, heading, importUsers, openAs, openPage, requireSilence } from './harness.mjs';

let user;

before(async () => {
  importUsers(60);
  user = await createUser('resident', { roles: [{ name: 'auditor' }, { name: 'editor' }] });
});

after(requireSilence);

// Each page of an admin, with an element that it has once it is complete.
const PAGES = {
  users: ['#/users', (page) => page.getByRole('link', { name: 'user-00001' })],
  empty: ['#/users?namePrefix=missing', (page) => page.getByText('No user matches')],
  refused: ['#/users?status=BAD', (page) => page.locator('.filters .error')],
  user: ['#/users/ID', (page) => page.getByRole('region', { name: 'Audit log' }).getByText('User changed')],
  audit: ['#/audit', (page) => page.locator('table.audit').getByText('Users imported')],
  'audit-refused': ['#/audit?userId=nonsense', (page) => page.locator('.filters .error')],
  me: ['#/me', (page) => page.getByText('This page', { exact: true })],
  nowhere: ['#/elsewhere', (page) => page.getByText('There is nothing at this address.')],
};

for (const width of [375, 1280]) {
  const options = { viewport: { width, height: 800 } };

  test(`axe-core finds nothing in any page at ${width} px`, async () => {
    const page = await openAs('admin', '', options);
    for (const [name, [place, isComplete]] of Object.entries(PAGES)) {
      await go(page, place.replace('ID', user.id));
      await isComplete(page).first().waitFor();
      await checkPage(page, name);
    }
    await page.close();
  });

  test(`axe-core finds nothing in log-in and dialogs at ${width} px`, async () => {
    const page = await openPage('', options);
    await page.getByLabel('Name', { exact: true }).fill('admin');
    await page.getByLabel('Password', { exact: true }).fill('wrong');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    await checkPage(page, 'log-in');
    await page.close();
    const inside = await openAs('admin', '#/users', options);
    await inside.getByRole('button', { name: 'New user' }).click();
    await inside.getByRole('button', { name: 'Create user' }).click();
    await inside.locator('dialog .error').first().waitFor();
    await checkPage(inside, 'new-user');
    await inside.keyboard.press('Escape');
    await go(inside, `#/users/${user.id}`);
    await heading(inside, 'resident').waitFor();
    for (const [button, name] of [['Delete', 'delete'], ['Set password', 'set-password']]) {
      await inside.getByRole('button', { name: button }).click();
      await inside.getByRole('dialog').waitFor();
      await checkPage(inside, name);
      await inside.keyboard.press('Escape');
    }
    await inside.close();
  });

  test(`axe-core finds nothing in a merge and a resumption at ${width} px`, async () => {
    const { id } = await createUser(`merged-${width}`, { roles: [{ name: 'writer' }] });
    const admin = await createUser(`resumed-${width}`, { roles: [{ name: 'admin' }] });
    const page = await openAs(admin.name, `#/users/${id}`, options);
    await page.getByLabel('Email address').fill('mine@example.com');
    await page.getByRole('button', { name: 'Remove role writer' }).click();
    await asAdmin('PATCH', `/users/${id}`, {
      userInfo: { email: `theirs-${width}@example.com`, roles: [{ name: 'writer' }, { name: 'reader' }] },
    });
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Save merged user' }).waitFor();
    await checkPage(page, 'merge');
    await asAdmin('DELETE', `/users/${admin.id}/sessions`);
    await page.getByRole('button', { name: 'Save merged user' }).click();
    await page.getByRole('dialog', { name: 'Your session has ended' }).waitFor();
    await checkPage(page, 'resume');
    await page.close();
  });
}

test('nothing moves while pages are loaded', async () => {
  const page = await openPage();
  // What moves within half a second of a key counts as expected, so each list comes later than that.
  await page.route(/\/(users|audit)\?/, async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 600));
    await route.continue();
  });
  await page.evaluate(() => {
    window.shifts = 0;
    const observer = new PerformanceObserver((list) => {
      for (const { value, hadRecentInput } of list.getEntries()) window.shifts += hadRecentInput ? 0 : value;
    });
    observer.observe({ type: 'layout-shift', buffered: true });
  });
  await page.getByLabel('Name', { exact: true }).fill('admin');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.keyboard.press('Enter');
  for (const [place, isComplete] of [PAGES.users, PAGES.audit, PAGES.users]) {
    await go(page, place);
    await isComplete(page).first().waitFor();
  }
  // A score below 0.1 counts as good.
  assert.ok((await page.evaluate(() => window.shifts)) < 0.1, String(await page.evaluate(() => window.shifts)));
  await page.close();
});

test('a user is found and edited by the keyboard alone', async () => {
  const page = await openPage();
  const type = async (text, ...keys) => {
    await page.keyboard.type(text);
    for (const key of keys) await page.keyboard.press(key);
  };
  await page.getByLabel('Name', { exact: true }).waitFor();
  await type('admin', 'Tab');
  await type(PASSWORD, 'Enter');
  await heading(page, 'Users').waitFor();
  await tabTo(page, 'Name begins with');
  await type('resident');
  await page.getByText('1 user on this page').waitFor();
  await tabTo(page, 'resident');
  await page.keyboard.press('Enter');
  await heading(page, 'resident').waitFor();
  await tabTo(page, 'Email address');
  await page.keyboard.press('Control+A');
  await type('by-keyboard@example.com', 'Enter');
  await page.getByText('Saved resident.').waitFor();
  assert.equal((await asAdmin('GET', `/users/${user.id}`)).body.user.email, 'by-keyboard@example.com');
  await tabTo(page, 'Delete');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  assert.equal(await focused(page), 'Delete');
  await page.close();
});

// The name of the element that has the focus.
const focused = (page) =>
  page.evaluate(() => {
    const { activeElement: element } = document;
    return (element?.labels?.[0] ?? element)?.textContent?.trim() ?? '';
  });

async function tabTo(page, name) {
  const passed = [];
  while (passed.length < 60) {
    await page.keyboard.press('Tab');
    const reached = await focused(page);
    if (reached === name) return;
    passed.push(reached);
  }
  assert.fail(`${name} is not among ${passed.join(', ')}`);
}
