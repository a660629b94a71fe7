// Reset codes: an admin makes one, and the person sets a password with it, without a session.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { asAdmin, createUser, heading, logIn, openAs, openPage, requireCount, requireSilence } from './harness.mjs';

const NEW_PASSWORD = 'another fine password';

after(requireSilence);

const codeField = (page) => page.getByLabel('Reset code', { exact: true });
const passwordField = (page) => page.getByLabel('New password', { exact: true });

async function redeem(page, code, password) {
  await codeField(page).fill(code);
  await passwordField(page).fill(password);
  await page.getByRole('button', { name: 'Set password' }).click();
}

async function makeByApi(id) {
  const made = await asAdmin('POST', `/users/${id}/reset-codes`);
  assert.equal(made.status, 201, JSON.stringify(made.body));
  return made.body.resetCode.code;
}

test('a code is made, shown once and redeemed', async () => {
  const { id } = await createUser('forgetful');
  const admin = await openAs('admin', `#/users/${id}`);
  await admin.getByRole('button', { name: 'Reset code' }).click();
  const dialog = admin.getByRole('dialog', { name: 'Reset code for forgetful' });
  await dialog.getByRole('button', { name: 'Make code' }).click();
  await dialog.getByText('Give the code to the user').waitFor();
  const code = await codeField(dialog).inputValue();
  assert.match(code, /^([0-9A-Z]{4}-){6}[0-9A-Z]{4}$/);
  await dialog.getByRole('button', { name: 'I have copied it' }).click();
  await admin.getByRole('button', { name: 'Reset code' }).click();
  await dialog.getByRole('button', { name: 'Make code' }).waitFor();
  await requireCount(codeField(dialog), 0, 'the code is not shown again');
  await admin.keyboard.press('Escape');

  const person = await openPage();
  await person.getByRole('link', { name: 'I have a reset code' }).click();
  await heading(person, 'Set a new password').waitFor();
  await redeem(person, ` ${code.toLowerCase()} `, NEW_PASSWORD);
  await person.getByText('The password is set. Log in with it.').waitFor();
  await person.getByRole('link', { name: 'To the log-in' }).click();
  await logIn(person, 'forgetful', NEW_PASSWORD);
  await heading(person, 'My account').waitFor();
  await person.close();

  await admin.reload();
  await logIn(admin, 'admin', 'a password for tests');
  const entries = admin.getByRole('region', { name: 'Audit log' }).getByRole('row');
  await entries.filter({ hasText: 'Reset code made' }).waitFor();
  await entries.filter({ hasText: 'User changed' }).filter({ hasText: 'Password changed' }).waitFor();
  await admin.close();
});

test('an unknown or used code is refused in the words of the API', async () => {
  const { id } = await createUser('guesser');
  const used = await makeByApi(id);
  const page = await openPage('#/reset');
  await redeem(page, used, NEW_PASSWORD);
  await page.getByText('The password is set. Log in with it.').waitFor();
  for (const code of [used, '7K3M-Q0ZT-V9XD-2HWB-E5RJ-8NCP-Y1GA']) {
    await page.reload();
    await redeem(page, code, NEW_PASSWORD);
    await page.getByRole('alert').getByText('The reset code is unknown, used or expired; ask for a new one').waitFor();
    assert.equal(await codeField(page).inputValue(), code);
    assert.equal(await passwordField(page).inputValue(), NEW_PASSWORD);
  }
  await page.close();
});

test('a refused password keeps the form and the code', async () => {
  const { id } = await createUser('hasty');
  const code = await makeByApi(id);
  const page = await openPage('#/reset');
  for (const [refused, why] of [['short', 'must have at least 8 characters'], ['password1', 'must not be one of the most']]) {
    await redeem(page, code, refused);
    await page.getByText(why).waitFor();
    assert.equal(await passwordField(page).getAttribute('aria-invalid'), 'true');
    assert.equal(await passwordField(page).inputValue(), refused);
    assert.equal(await codeField(page).inputValue(), code);
  }
  await redeem(page, code, NEW_PASSWORD);
  await page.getByText('The password is set. Log in with it.').waitFor();
  await page.close();
});

test('a code for a disabled user is refused in the words of the API', async () => {
  const { id } = await createUser('suspended', { status: 'DISABLED' });
  const page = await openAs('admin', `#/users/${id}`);
  await page.getByRole('button', { name: 'Reset code' }).click();
  await page.getByRole('button', { name: 'Make code' }).click();
  await page.getByRole('dialog').getByRole('alert').getByText(/disabled/).waitFor();
  await page.close();
});
