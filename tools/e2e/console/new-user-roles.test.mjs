// Roles of a new user, which the page gives as soon as the user is created.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fillNewUser, heading, openAs, requireCount, requireSilence, userNow } from './harness.mjs';

let page;

before(async () => {
  page = await openAs('admin', '#/users');
});

after(requireSilence);

const dialog = () => page.getByRole('dialog', { name: 'New user' });
const box = () => dialog().getByLabel('Role to add');
const submit = (name = 'Create user') => dialog().getByRole('button', { name }).click();

async function rolesNow() {
  const [, id] = /users\/(\d+)$/.exec(page.url());
  return (await userNow(id)).roles.map(({ name }) => name);
}

test('a new user has the roles that were added and typed', async () => {
  await fillNewUser(page, 'auditing');
  await box().fill('auditor');
  await page.keyboard.press('Enter');
  await box().fill(' reader ');
  await submit();
  await heading(page, 'auditing').waitFor();
  assert.deepEqual(await rolesNow(), ['auditor', 'reader']);
  await page.getByRole('button', { name: 'Remove role reader' }).waitFor();
});

test('a wrong role is told while it is typed, and creates no user', async () => {
  await fillNewUser(page, 'wrongly');
  await dialog().getByLabel('Email address').fill('');
  await box().fill('9 lives');
  await dialog().locator('.roles .error').getByText(/^must be 1 to 64 letters/).waitFor();
  await page.keyboard.press('Enter');
  assert.equal(await box().inputValue(), '9 lives');
  await submit();
  await requireCount(dialog().locator('.error'), 2);
  await dialog().locator('input[name=email]:focus').waitFor();
  await dialog().getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Discard' }).click();
});

test('roles that are refused can be corrected, and the user stays', async () => {
  await fillNewUser(page, 'promoted');
  // Other spellings of this role are refused by the server alone.
  await box().fill('Admin');
  await submit();
  await dialog().getByText('promoted is created. The roles are not given yet.').waitFor();
  // The user is created before the roles are refused.
  await dialog().locator('.roles input[aria-invalid=true]').waitFor();
  await requireCount(dialog().getByLabel('Name', { exact: true }), 0);
  await box().fill('admin');
  await dialog().locator('.roles .error').waitFor({ state: 'detached' });
  await submit('Give roles');
  await heading(page, 'promoted').waitFor();
  assert.deepEqual(await rolesNow(), ['admin']);
});

test('a user whose roles were refused can go without them', async () => {
  await fillNewUser(page, 'plainly');
  await box().fill('ADMIN');
  await submit();
  await dialog().getByRole('button', { name: 'Continue without' }).click();
  await page.getByRole('button', { name: 'Discard' }).click();
  await heading(page, 'plainly').waitFor();
  assert.deepEqual(await rolesNow(), []);
});
