// What a person is told when something fails, and where the focus goes.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { PASSWORD, asAdmin, createUser, fillNewUser, go, heading, logIn, openAs, openPage, requireSilence, show } from './harness.mjs';

let page;

before(async () => {
  page = await openAs('admin');
});

after(requireSilence);

const field = (label) => page.getByLabel(label, { exact: true });
const press = (name) => page.getByRole('button', { name, exact: true }).click();
const alert = (words) => page.getByRole('alert').getByText(words, { exact: true });

// Has the server not answer during `work`.
async function withoutServer(on, work) {
  const drop = (route) => route.abort('connectionrefused');
  await on.route(/\/(users|tokens)/, drop);
  await work();
  await on.unroute(/\/(users|tokens)/, drop);
}

test('a server that does not answer is named for a save', async () => {
  await show(page, await createUser('offline'));
  await field('Email address').fill('typed@example.com');
  await withoutServer(page, async () => {
    await press('Save');
    await alert('The server does not answer. Try again to be sure that this is saved.').waitFor();
  });
  await press('Save');
  await page.getByText('Saved offline.').waitFor();
});

test('a server that does not answer is named for a read', async () => {
  await go(page, '#/users');
  await heading(page, 'Users').waitFor();
  await withoutServer(page, async () => {
    await field('Status').selectOption('ENABLED');
    await alert('Not loaded. The server does not answer.').waitFor();
  });
  await press('Try again');
  await alert('Not loaded. The server does not answer.').waitFor({ state: 'detached' });
});

test('a server that does not answer is named for a log-in', async () => {
  const other = await openPage();
  await withoutServer(other, async () => {
    await logIn(other, 'admin', PASSWORD);
    await other.getByRole('alert').getByText('The server does not answer. Try again in a moment.', { exact: true }).waitFor();
  });
  await other.close();
});

test('a change that came first is told in one line', async () => {
  const user = await createUser('overtaken');
  await show(page, user);
  await asAdmin('PATCH', `/users/${user.id}`, { userInfo: { email: 'other@example.com' } });
  await press('Disable');
  await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click();
  await alert('The user was changed meanwhile, in another tab or by someone else. The current values are shown now; try again.').waitFor();
  assert.equal(await page.getByText('If-Match').count(), 0);
});

test('an error of a field is told beside it, and generally above', async () => {
  await show(page, await createUser('wrong'));
  await field('Email address').fill('no address');
  await press('Save');
  await alert('Please correct the marked fields.').waitFor();
  assert.equal(await page.getByText('request body').count(), 0);
  await press('Revert');
});

for (const [kind, label, value] of [
  ['name', 'Name', 'HOLDER-name'],
  ['address', 'Email address', 'holder-address@example.com'],
]) {
  test(`a taken ${kind} marks its field, which gets the focus`, async () => {
    await createUser(`holder-${kind}`);
    await show(page, await createUser(`wants-${kind}`));
    await field(label).fill(value);
    await press('Save');
    await alert('Please correct the marked fields.').waitFor();
    await page.locator('form.details [aria-invalid=true]:focus').waitFor();
    assert.equal(await field(label).getAttribute('aria-invalid'), 'true');
    await press('Revert');
  });
}

test('a name that looks like that of another user marks its field', async () => {
  await createUser('victim');
  await createUser('imitator');
  const other = await openAs('imitator');
  await other.getByLabel('Name', { exact: true }).fill('vıctim');
  await other.getByRole('button', { name: 'Save', exact: true }).click();
  await other.locator('input[name=name][aria-invalid=true]:focus').waitFor();
  await other.close();
});

test('the first wrong field of several gets the focus', async () => {
  const dialog = await fillNewUser(page, 'several', { email: '', password: 'short' });
  await page.keyboard.press('Enter');
  await dialog.locator('input[name=email][aria-invalid=true]:focus').waitFor();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await press('Discard');
});
