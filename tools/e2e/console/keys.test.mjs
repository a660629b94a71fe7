// API keys: made, shown once, listed and ended, by their user and by an admin.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { PASSWORD, asAdmin, createUser, go, heading, openAs, origin, requireCount, requireSilence } from './harness.mjs';

after(requireSilence);

const keysOf = async (id) => (await asAdmin('GET', `/users/${id}/keys`)).body.keyList.keys;
const verify = async (secret) =>
  (await fetch(`${origin}/auth/verify`, { headers: { authorization: `Bearer ${secret}` } })).status;
const section = (page) => page.getByRole('region', { name: 'API keys' });
const rows = (page) => section(page).getByRole('listitem');
const secretField = (page) => page.getByRole('dialog', { name: 'API key made' }).getByLabel('Key', { exact: true });

async function makeByApi(id, name, scopes = ['verify']) {
  const made = await asAdmin('POST', `/users/${id}/keys`, { keyInfo: { name, scopes } });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  return made.body;
}

// Opens the dialog for a key, fills it in and sends it.
async function submitKey(page, name, password) {
  await section(page).getByRole('button', { name: 'New key' }).click();
  const dialog = page.getByRole('dialog', { name: 'New API key' });
  await dialog.getByLabel('Name', { exact: true }).fill(name);
  await dialog.getByLabel('Your current password', { exact: true }).fill(password);
  await dialog.getByRole('button', { name: 'Make key' }).click();
  return dialog;
}

// The page of a new user, as an admin sees it.
async function openUser(name) {
  const { id } = await createUser(name);
  const page = await openAs('admin', `#/users/${id}`);
  await heading(page, name).waitFor();
  return { id, page };
}

test('an own key is made, shown once, listed and ended', async () => {
  await createUser('keeper');
  const page = await openAs('keeper');
  await section(page).getByText('There are no API keys.').waitFor();
  await section(page).getByRole('button', { name: 'New key' }).click();
  const dialog = page.getByRole('dialog', { name: 'New API key' });
  await dialog.getByLabel('Name', { exact: true }).fill('nightly backup');
  await dialog.getByLabel('users:read').check();
  await dialog.getByLabel('Expires').selectOption('in 30 days');
  await dialog.getByLabel('Your current password', { exact: true }).fill(PASSWORD);
  await page.keyboard.press('Enter');
  await secretField(page).waitFor();
  const secret = await secretField(page).inputValue();
  assert.match(secret, /^rck_[0-9A-Za-z]{49}$/);
  assert.equal(await verify(secret), 204);
  await page.getByRole('button', { name: 'I have copied it' }).click();
  const row = rows(page).filter({ hasText: 'nightly backup' });
  for (const shown of [`${secret.slice(0, 12)}…`, 'verify', 'users:read']) {
    await row.getByText(shown, { exact: true }).waitFor();
  }
  assert.ok(!(await page.content()).includes(secret), 'the secret is no longer on the page');
  await section(page).getByRole('button', { name: 'New key' }).click();
  assert.equal(await dialog.getByLabel('Your current password', { exact: true }).inputValue(), '');
  await page.keyboard.press('Escape');
  const end = page.getByRole('button', { name: 'End the key nightly backup' });
  const question = page.getByRole('dialog', { name: 'End the key nightly backup?' });
  await end.click();
  await question.getByRole('button', { name: 'Cancel' }).click();
  assert.equal(await verify(secret), 204);
  await end.click();
  await question.getByRole('button', { name: 'End key' }).click();
  await page.getByText('Ended the key nightly backup.').waitFor();
  await section(page).getByText('There are no API keys.').waitFor();
  assert.equal(await verify(secret), 401);
  await page.close();
});

test('an admin makes a key for another user and ends all', async () => {
  const { id, page } = await openUser('served');
  await submitKey(page, 'portal', PASSWORD);
  await secretField(page).waitFor();
  assert.equal(await verify(await secretField(page).inputValue()), 204);
  for (const name of ['first', 'second']) await makeByApi(id, name);
  await page.getByRole('button', { name: 'I have copied it' }).click();
  await requireCount(rows(page), 3);
  await section(page).getByRole('button', { name: 'End all' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'End keys' }).click();
  await page.getByText('Ended the keys.').waitFor();
  await section(page).getByText('There are no API keys.').waitFor();
  assert.deepEqual(await keysOf(id), []);
  await page.close();
});

test('the audit log names a key by the id that its row shows', async () => {
  const { id, page } = await openUser('changed-by-key');
  const { key, secret } = await makeByApi(1, 'synchronisation', ['users:write', 'users:read']);
  const userInfo = { email: 'by-key@example.com' };
  const changed = await asAdmin('PATCH', `/users/${id}`, { userInfo }, { authorization: `Bearer ${secret}` });
  assert.equal(changed.status, 200, JSON.stringify(changed.body));
  await go(page, `#/audit?userId=${id}`);
  await page.locator('table.audit').getByText(`API key ${key.id}`, { exact: true }).waitFor();
  await go(page, '#/audit?userId=1&action=KEY_CREATED');
  await page.locator('table.audit').getByText('users:read, users:write', { exact: true }).waitFor();
  await go(page, '#/me');
  await rows(page).filter({ hasText: 'synchronisation' }).getByText(`Id ${key.id}`, { exact: true }).waitFor();
  await page.close();
});

test('a wrong password marks its field and keeps the form', async () => {
  const { id, page } = await openUser('guarded');
  const dialog = await submitKey(page, 'portal', 'not the password');
  await dialog.locator('.error').getByText('Current password does not match').waitFor();
  const password = dialog.getByLabel('Your current password', { exact: true });
  assert.equal(await password.getAttribute('aria-invalid'), 'true');
  assert.equal(await password.inputValue(), 'not the password');
  assert.equal(await dialog.getByLabel('Name', { exact: true }).inputValue(), 'portal');
  assert.deepEqual(await keysOf(id), []);
  await dialog.getByLabel('Your current password', { exact: true }).fill(PASSWORD);
  await dialog.getByRole('button', { name: 'Make key' }).click();
  await secretField(page).waitFor();
  await page.close();
});

test('what the API says of a new key stands beside its fields', async () => {
  const { page } = await openUser('incomplete');
  await section(page).getByRole('button', { name: 'New key' }).click();
  const dialog = page.getByRole('dialog', { name: 'New API key' });
  await dialog.getByLabel('verify').uncheck();
  await dialog.getByRole('button', { name: 'Make key' }).click();
  await dialog.locator('[aria-invalid=true]').first().waitFor();
  const about = (field) => field.evaluate((element) =>
    document.getElementById(element.getAttribute('aria-describedby').split(' ').at(-1)).textContent);
  for (const label of ['Name', 'Your current password']) {
    assert.equal(await about(dialog.getByLabel(label, { exact: true })), 'is required');
  }
  assert.equal(await about(dialog.getByRole('group', { name: 'Allowed' })), 'must be at least one scope');
  await page.close();
});

test('key 101 is refused in the words of the API', async () => {
  const { id, page } = await openUser('collector');
  await Promise.all(Array.from({ length: 100 }, (_, number) => makeByApi(id, `key ${number}`)));
  const dialog = await submitKey(page, 'one too many', PASSWORD);
  await dialog.getByRole('alert').getByText('The user has 100 API keys, the maximum; end one first').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Discard' }).click();
  await requireCount(rows(page), 100);
  await page.close();
});

test('a non-admin sees the own keys on My account', async () => {
  const { id } = await createUser('member');
  await makeByApi(id, 'of the member');
  await makeByApi(1, 'of the admin');
  const page = await openAs('member');
  await heading(page, 'My account').waitFor();
  await requireCount(rows(page), 1);
  await rows(page).getByText('of the member', { exact: true }).waitFor();
  await go(page, '#/users/1');
  await page.getByText('This page is for admins.').waitFor();
  await requireCount(page.getByText('of the admin'), 0);
  await page.close();
});
