// The dialog of "Authorize": credentials beyond ASCII, and that the keyboard gets in and out.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { asAdmin, authorize, execute, load, page } from './harness.mjs';

before(() => load());

async function register(name, password) {
  const userInfo = { name, email: `${encodeURIComponent(name)}@example.com`, plaintextPassword: password };
  const answer = await asAdmin('POST', '/users', { userInfo });
  assert.equal(answer.status(), 201, await answer.text());
  return (await answer.json()).user;
}

for (const [name, password] of [
  ['plain', 'plain-passw0rd'],
  ['pñé', 'pässwörd-1'],
  ['你ñ', 'pässwörd-€-1'],
  ['emoji', 'pässwörd-🔑-1'],
]) {
  test(`credentials are sent in UTF-8: ${name}`, async () => {
    const { id } = await register(name, password);
    await authorize(name, password);
    const answer = await execute('getUser', { userId: String(id) });
    assert.equal(answer.status, 200, answer.body);
    await authorize(name, `${password}€`);
    assert.equal((await execute('getUser', { userId: String(id) })).status, 401);
  });
}

test('the dialog shows the name as it was typed', async () => {
  await authorize('你ñ', 'pässwörd-€-1');
  await page.locator('.auth-wrapper .authorize').click();
  const dialog = page.getByRole('dialog', { name: 'Available authorizations' });
  await dialog.getByText('你ñ').waitFor();
  await dialog.getByRole('button', { name: 'Logout' }).click();
  await dialog.getByLabel('Username').waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
});

test('the keyboard gets into the dialog, stays there and gets out', async () => {
  const focused = () => page.evaluate(() => document.activeElement.closest('dialog') !== null);
  for (const opener of ['.auth-wrapper .authorize', '[id$="-getUser"] .authorization__btn']) {
    await page.locator(opener).focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    const name = dialog.getByLabel('Username');
    await name.waitFor();
    assert.ok(await name.evaluate((field) => field === document.activeElement), opener);
    for (let presses = 0; presses < 12; presses += 1) {
      await page.keyboard.press('Tab');
      // The browser's own controls are in the ring, too, and count as the body.
      const isPage = await page.evaluate(() => document.activeElement !== document.body);
      if (isPage) assert.ok(await focused(), opener);
    }
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    const isBack = await page.locator(opener).evaluate((button) => button === document.activeElement);
    assert.ok(isBack, opener);
  }
});

test('after Authorize by the keyboard the focus stays in the dialog', async () => {
  await page.locator('.auth-wrapper .authorize').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Username').fill('plain');
  await dialog.getByLabel('Password').fill('plain-passw0rd');
  await page.keyboard.press('Enter');
  const logout = dialog.getByRole('button', { name: 'Logout' });
  await logout.waitFor();
  assert.ok(await logout.evaluate((button) => button === document.activeElement));
  await page.keyboard.press('Enter');
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  await dialog.waitFor({ state: 'detached' });
});

test('an operation that needs no credentials shows no closed lock', async () => {
  assert.equal(await page.locator('[id$="-createUser"] .authorization__btn .locked').count(), 0);
  await authorize('plain', 'plain-passw0rd');
  await page.locator('[id$="-createUser"] .authorization__btn .locked').waitFor();
});

test('an API key is sent as a Bearer token', async () => {
  const { id } = await register('keyed', 'keyed-passw0rd');
  const keyInfo = { name: 'a page', scopes: ['users:read'] };
  const { key, secret } = await (await asAdmin('POST', `/users/${id}/keys`, { keyInfo })).json();
  await authorize('plain', 'plain-passw0rd');
  await page.locator('.auth-wrapper .authorize').click();
  const dialog = page.getByRole('dialog');
  const form = dialog.locator('form', { hasText: 'bearer' });
  await form.getByRole('textbox').fill(secret);
  await form.getByRole('button', { name: 'Authorize' }).click();
  await form.getByRole('button', { name: 'Logout' }).waitFor();
  await page.keyboard.press('Escape');
  const answer = await execute('getUser', { userId: String(id) });
  assert.equal(answer.status, 200, answer.body);
  await asAdmin('DELETE', `/users/${id}/keys/${key.id}`);
  assert.equal((await execute('getUser', { userId: String(id) })).status, 401);
});
