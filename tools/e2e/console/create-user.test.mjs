// Creating and deleting users, and giving them passwords.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { PASSWORD, asAdmin, createUser, fillNewUser, go, heading, logIn, openAs, openPage, requireSilence, userNow } from './harness.mjs';

let page;

before(async () => {
  page = await openAs('admin', '#/users');
});

after(requireSilence);

test('a user is created, with errors beside their fields', async () => {
  const dialog = await fillNewUser(page, 'fresh', { email: '', password: 'short' });
  await dialog.getByRole('button', { name: 'Create user' }).click();
  const password = dialog.getByLabel('Password', { exact: true });
  await dialog.locator('[aria-invalid=true]').first().waitFor();
  assert.equal(await password.getAttribute('aria-invalid'), 'true');
  assert.equal(await dialog.getByLabel('Name').getAttribute('aria-invalid'), null);
  await dialog.getByLabel('Email address').fill('fresh@example.com');
  await password.fill(PASSWORD);
  await dialog.getByRole('button', { name: 'Create user' }).click();
  await heading(page, 'fresh').waitFor();
  await page.getByText('Created fresh.').waitFor();
});

test('blanks around the name and the address of a new user are dropped', async () => {
  await fillNewUser(page, ' pasted\t', { email: ' pasted@example.com ' });
  await page.keyboard.press('Enter');
  await heading(page, 'pasted').waitFor();
  const [, id] = /users\/(\d+)$/.exec(page.url());
  const { name, email } = await userNow(id);
  assert.deepEqual([name, email], ['pasted', 'pasted@example.com']);
});

test('a new user without an address is told that it is required', async () => {
  const dialog = await fillNewUser(page, 'unaddressed', { email: ' ' });
  await dialog.getByText('Required.', { exact: true }).waitFor();
  await page.keyboard.press('Enter');
  await dialog.locator('input[name=email]:focus').waitFor();
  await dialog.locator('.error').getByText('is required').waitFor();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Discard' }).click();
});

test('the tab of a user has the name of the user', async () => {
  const { id } = await createUser('titled');
  await go(page, `#/users/${id}`);
  await page.waitForFunction(() => document.title === 'titled · Rollcall');
  await go(page, '#/users');
  await page.waitForFunction(() => document.title === 'Users · Rollcall');
});

test('a taken name is refused beside its field', async () => {
  const dialog = await fillNewUser(page, 'fresh', { email: 'second@example.com' });
  await page.keyboard.press('Enter');
  await dialog.locator('.error').getByText('Another user has this name').waitFor();
  assert.equal(await dialog.getByLabel('Email address').inputValue(), 'second@example.com');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Discard' }).click();
});

test('a user is deleted once the name was typed', async () => {
  const { id } = await createUser('deleted');
  await go(page, `#/users/${id}`);
  await heading(page, 'deleted').waitFor();
  await page.getByRole('button', { name: 'Delete' }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete deleted?' });
  const button = dialog.getByRole('button', { name: 'Delete user' });
  await dialog.getByRole('textbox').fill('delete');
  await page.keyboard.press('Enter');
  assert.equal(await button.getAttribute('aria-disabled'), 'true');
  assert.equal((await userNow(id)).name, 'deleted');
  await dialog.getByRole('textbox').fill('deleted');
  await button.click();
  await page.getByText('Deleted deleted.').waitFor();
  assert.equal((await asAdmin('GET', `/users/${id}`)).status, 404);
});

test('a user who changed meanwhile is not deleted', async () => {
  const { id } = await createUser('moving');
  await go(page, `#/users/${id}`);
  await heading(page, 'moving').waitFor();
  await asAdmin('PATCH', `/users/${id}`, { userInfo: { email: 'moved@example.com' } });
  await page.getByRole('button', { name: 'Delete' }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete moving?' });
  await dialog.getByRole('textbox').fill('moving');
  await page.keyboard.press('Enter');
  await dialog.getByText('The user was changed meanwhile.').waitFor();
  assert.equal((await userNow(id)).email, 'moved@example.com');
  await page.keyboard.press('Escape');
});

test('the refusal to remove the last admin is explained', async () => {
  await go(page, '#/users/1');
  await heading(page, 'admin').waitFor();
  await page.getByRole('button', { name: 'Disable' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click();
  const advice = 'This is the last enabled admin.';
  await page.getByRole('alert').getByText(advice).waitFor();
  await page.getByRole('button', { name: 'Remove role admin' }).click();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.locator('form').getByRole('alert').getByText(advice).waitFor();
  await page.getByRole('button', { name: 'Revert' }).click();
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('textbox').fill('admin');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').getByText(advice).waitFor();
  await page.keyboard.press('Escape');
});

test('a user gets another password from an admin', async () => {
  const { id } = await createUser('forgetful');
  await go(page, `#/users/${id}`);
  await heading(page, 'forgetful').waitFor();
  await page.getByRole('button', { name: 'Set password' }).click();
  await page.getByRole('dialog').getByLabel('New password', { exact: true }).fill('another fine password');
  await page.keyboard.press('Enter');
  await page.getByText('Set the password of forgetful').waitFor();
  const other = await openPage();
  await logIn(other, 'forgetful', 'another fine password');
  await heading(other, 'My account').waitFor();
  await other.close();
});
