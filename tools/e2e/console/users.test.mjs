// The table of users with thousands of rows.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { go, importUsers, openAs, requireSilence } from './harness.mjs';

let page;

before(async () => {
  importUsers(3000);
  page = await openAs('admin');
});

after(requireSilence);

// The names in the table, once the first is `first`.
async function namesFrom(first) {
  await page.locator('table.users tbody tr:first-child th').getByText(first, { exact: true }).waitFor();
  return page.locator('table.users tbody th').allInnerTexts();
}

test('pages go forwards and backwards', async () => {
  await go(page, '#/users?sort=name');
  assert.equal((await namesFrom('admin')).length, 50);
  await page.getByRole('button', { name: 'Next' }).click();
  const second = await namesFrom('user-00050');
  assert.deepEqual([second.length, second.at(-1)], [50, 'user-00099']);
  await page.getByRole('button', { name: 'Next' }).click();
  await namesFrom('user-00100');
  await page.getByRole('button', { name: 'Previous' }).click();
  await namesFrom('user-00050');
  await page.goBack();
  await namesFrom('user-00100');
  await page.getByRole('button', { name: 'Previous' }).click();
  await namesFrom('user-00050');
  await page.getByRole('button', { name: 'First page' }).click();
  await namesFrom('admin');
});

test('another page is shown from its top, and Enter does not go back', async () => {
  await go(page, '#/users?sort=name');
  await namesFrom('admin');
  await page.getByRole('button', { name: 'Next' }).focus();
  await page.keyboard.press('Enter');
  await page.locator('h1:focus').waitFor();
  await page.keyboard.press('Enter');
  await namesFrom('user-00050');
  assert.equal(await page.evaluate(() => scrollY), 0);
  await page.locator('h1:focus').waitFor();
  await page.getByRole('button', { name: 'Next' }).click();
  await namesFrom('user-00100');
  await page.getByRole('button', { name: 'Previous' }).focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await namesFrom('user-00050');
  assert.equal(await page.evaluate(() => scrollY), 0);
});

test('a search by the beginning of the name applies while typing', async () => {
  await page.getByLabel('Name begins with').fill('USER-0299');
  const found = await namesFrom('user-02990');
  assert.equal(found.length, 10);
  assert.match(page.url(), /namePrefix=USER-0299/);
  await page.getByText('10 users on this page').waitFor();
});

test('a user is found by the exact address, in any case', async () => {
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await page.getByLabel('Email address is').fill('User-01234@Example.com');
  assert.deepEqual(await namesFrom('user-01234'), ['user-01234']);
});

test('text that is typed before the filters leave the address stays', async () => {
  await page.getByLabel('Email address is').fill('');
  await page.getByLabel('Name begins with').fill('user-0001');
  await namesFrom('user-00010');
  await page.getByRole('button', { name: 'Clear filters' }).evaluate(async (button) => {
    button.click();
    // The page is drawn again in a microtask, and the address tells of its change in a task.
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
    const field = document.querySelector('input[name="email"]');
    field.value = 'user-01234@example.com';
    field.dispatchEvent(new Event('input', { bubbles: true }));
  });
  assert.deepEqual(await namesFrom('user-01234'), ['user-01234']);
});

test('half an address is explained, and is not sent', async () => {
  const asked = [];
  const note = (request) => request.url().includes('/users') && asked.push(request.url());
  page.on('request', note);
  await page.getByLabel('Email address is').fill('user-01234');
  await page.getByText('Enter the whole address').waitFor();
  await page.getByText('0 users on this page').waitFor();
  page.off('request', note);
  assert.deepEqual(asked, []);
  await page.getByLabel('Email address is').fill('user-01234@example.com');
  await namesFrom('user-01234');
  await page.getByText('Enter the whole address').waitFor({ state: 'detached' });
});

for (const [name, value, label] of [
  ['email', 'a b@example.com', 'Email address is'],
  ['role', 'a b!', 'Has role'],
  ['status', 'BAD', 'Status'],
  ['namePrefix', 'a b', 'Name begins with'],
]) {
  test(`a refused ${name} is marked above an empty table`, async () => {
    await go(page, '#/users?sort=name');
    await namesFrom('admin');
    await go(page, `#/users?${new URLSearchParams({ [name]: value })}`);
    await page.locator('.filters [aria-invalid=true]').waitFor();
    await page.locator('table.users tbody tr').first().waitFor({ state: 'detached' });
    assert.equal(await page.getByLabel(label).getAttribute('aria-invalid'), 'true');
    assert.match(await page.locator('.filters .error').innerText(), /^must /);
    assert.equal(await page.getByRole('button', { name: 'Try again' }).count(), 0);
  });
}

test('a refused page token is named above an empty table', async () => {
  await go(page, '#/users?pageToken=bad');
  await page.getByRole('alert').getByText('pageToken must be').waitFor();
  await page.locator('table.users tbody tr').first().waitFor({ state: 'detached' });
  assert.equal(await page.getByRole('button', { name: 'Try again' }).count(), 0);
  await page.getByRole('button', { name: 'First page' }).click();
  await namesFrom('admin');
});

test('users are filtered by role and status', async () => {
  await go(page, '#/users?role=auditor&status=DISABLED');
  const found = await namesFrom('user-00001');
  assert.deepEqual(found.slice(0, 2), ['user-00001', 'user-00064']);
  assert.equal(await page.getByLabel('Has role').inputValue(), 'auditor');
});

test('a search without a match says so', async () => {
  await go(page, '#/users?namePrefix=missing');
  await page.getByText('No user matches these filters.').waitFor();
});

test('the order is that of the heading that was pressed', async () => {
  await go(page, '#/users');
  await page.getByRole('button', { name: 'Created' }).click();
  await page.locator('th[aria-sort=ascending]', { hasText: 'Created' }).waitFor();
  assert.match(page.url(), /sort=createTime/);
});
