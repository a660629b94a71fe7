// What was typed and is not saved: the console asks before it is lost.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { prepare, violations } from '../browser/axe.mjs';
import { createUser, go, heading, openAs, openPage, requireSilence, show, userNow } from './harness.mjs';

let page;

before(async () => {
  page = await openAs('admin');
});

after(requireSilence);

const field = (label) => page.getByLabel(label, { exact: true });
const press = (name) => page.getByRole('button', { name, exact: true }).click();
const question = () => page.getByRole('dialog', { name: 'Discard your changes?' });
const answer = (name) => question().getByRole('button', { name }).click();
const isAtUser = (id) => page.waitForURL((url) => url.hash === `#/users/${id}`);

test('a link from unsaved edits asks, and Escape stays', async () => {
  const user = await createUser('linked');
  await show(page, user);
  await field('Email address').fill('typed@example.com');
  await page.getByRole('navigation', { name: 'Console' }).getByRole('link', { name: 'Audit log' }).click();
  await question().waitFor();
  await prepare(page);
  assert.deepEqual(await violations(page), []);
  await page.keyboard.press('Escape');
  await question().waitFor({ state: 'detached' });
  await isAtUser(user.id);
  assert.equal(await field('Email address').inputValue(), 'typed@example.com');
  await page.getByRole('navigation', { name: 'Console' }).getByRole('link', { name: 'Audit log' }).click();
  await answer('Discard');
  await heading(page, 'Audit log').waitFor();
  await page.goBack();
  await heading(page, 'linked').waitFor();
  assert.equal(await field('Email address').inputValue(), 'linked@example.com');
});

test('going back from unsaved edits asks', async () => {
  const [first, second] = [await createUser('first'), await createUser('second')];
  await show(page, first);
  await show(page, second);
  await field('Role to add').fill('auditor');
  await page.evaluate(() => history.back());
  await question().waitFor();
  await isAtUser(second.id);
  await answer('Keep editing');
  assert.equal(await field('Role to add').inputValue(), 'auditor');
  await page.evaluate(() => history.back());
  await answer('Discard');
  await heading(page, 'first').waitFor();
  await page.goForward();
  await heading(page, 'second').waitFor();
});

test('a reload asks only while edits are unsaved', async () => {
  const user = await createUser('reloaded');
  await show(page, user);
  const isRefused = () =>
    page.evaluate(() => !dispatchEvent(new Event('beforeunload', { cancelable: true })));
  assert.equal(await isRefused(), false);
  await field('Email address').fill('typed@example.com');
  await page.getByRole('button', { name: 'Save', exact: true, disabled: false }).waitFor();
  assert.equal(await isRefused(), true);
  await press('Revert');
  await page.getByRole('button', { name: 'Revert', disabled: true }).waitFor();
  assert.equal(await isRefused(), false);
});

test('a new user that was typed is not dropped by Escape', async () => {
  await go(page, '#/users');
  await press('New user');
  const dialog = page.getByRole('dialog', { name: 'New user' });
  await dialog.getByLabel('Name').fill('typed');
  // The browser closes a dialog itself at every second press.
  for (let pressed = 0; pressed < 4; pressed++) {
    await page.keyboard.press('Escape');
    await question().waitFor({ state: pressed % 2 ? 'detached' : 'visible' });
  }
  await question().waitFor({ state: 'detached' });
  assert.equal(await dialog.getByLabel('Name').inputValue(), 'typed');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await question().waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  await press('New user');
  assert.equal(await dialog.getByLabel('Name').inputValue(), '');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
});

test('deleting a user with unsaved edits does not ask for them', async () => {
  const user = await createUser('ended');
  await show(page, user);
  await field('Email address').fill('typed@example.com');
  await press('Delete');
  await page.getByRole('dialog').getByRole('textbox').fill('ended');
  await page.keyboard.press('Enter');
  await heading(page, 'Users').waitFor();
});

test('logging out from unsaved edits asks', async () => {
  const user = await createUser('abandoned');
  const other = await openAs('abandoned');
  await other.getByLabel('Email address').fill('typed@example.com');
  const asked = other.getByRole('dialog', { name: 'Discard your changes?' });
  await other.getByRole('button', { name: 'Log out' }).click();
  await asked.getByRole('button', { name: 'Keep editing' }).click();
  assert.equal(await other.getByLabel('Email address').inputValue(), 'typed@example.com');
  await other.getByRole('button', { name: 'Log out' }).click();
  await asked.getByRole('button', { name: 'Discard' }).click();
  await other.getByText('You are logged out.').waitFor();
  assert.equal((await userNow(user.id)).email, 'abandoned@example.com');
  await other.close();
});

test('a typed password is not dropped without a question', async () => {
  const user = await createUser('passworded');
  await show(page, user);
  await press('Set password');
  const dialog = page.getByRole('dialog', { name: 'Set a password' });
  await dialog.getByLabel('New password', { exact: true }).fill('typed');
  await page.keyboard.press('Escape');
  await answer('Keep editing');
  assert.equal(await dialog.getByLabel('New password', { exact: true }).inputValue(), 'typed');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await answer('Discard');
  await dialog.waitFor({ state: 'detached' });
  await go(page, '#/me');
  await field('New password').fill('typed');
  await go(page, '#/users');
  await answer('Keep editing');
  assert.equal(await field('New password').inputValue(), 'typed');
  await field('New password').fill('');
  await go(page, '#/users');
  await heading(page, 'Users').waitFor();
});

test('a new key that was typed is not dropped by Escape', async () => {
  await go(page, '#/me');
  await press('New key');
  const dialog = page.getByRole('dialog', { name: 'New API key' });
  await dialog.getByLabel('Name', { exact: true }).fill('typed');
  await page.keyboard.press('Escape');
  await answer('Keep editing');
  assert.equal(await dialog.getByLabel('Name', { exact: true }).inputValue(), 'typed');
  await page.keyboard.press('Escape');
  await answer('Discard');
  await dialog.waitFor({ state: 'detached' });
});

test('a reset that was typed is not dropped by its link', async () => {
  const other = await openPage('#/reset');
  await other.getByLabel('Reset code', { exact: true }).fill('7K3M');
  await other.getByRole('link', { name: 'To the log-in' }).click();
  await other.getByRole('button', { name: 'Keep editing' }).click();
  assert.equal(await other.getByLabel('Reset code', { exact: true }).inputValue(), '7K3M');
  await other.getByRole('link', { name: 'To the log-in' }).click();
  await other.getByRole('button', { name: 'Discard' }).click();
  await heading(other, 'Log in').waitFor();
  await other.close();
});
