// Editing a user, also while another admin edits the same one, and ending sessions.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { asAdmin, createUser, go, heading, openAs, requireSilence, show, userNow } from './harness.mjs';

let page;

before(async () => {
  page = await openAs('admin');
});

after(requireSilence);

const field = (label) => page.getByLabel(label, { exact: true });
const save = () => page.getByRole('button', { name: 'Save', exact: true }).click();
const roles = (...names) => names.map((name) => ({ name }));
const row = (name) => page.getByRole('row', { name: new RegExp(`^${name}`) });

async function addRole(name) {
  await field('Role to add').fill(name);
  await page.keyboard.press('Enter');
}

test('an edit is saved, and stands in the audit entries', async () => {
  const { id } = await createUser('edited');
  await show(page, { id, name: 'edited' });
  await field('Email address').fill('');
  await addRole('auditor');
  await save();
  await page.getByText('Saved edited.').waitFor();
  const { email, roles: saved } = await userNow(id);
  assert.deepEqual([email, saved], [null, roles('auditor')]);
  const entry = page.getByRole('region', { name: 'Audit log' }).getByRole('row', { name: /User changed/ });
  await entry.getByText('edited@example.com').waitFor();
  await entry.getByText('auditor').waitFor();
});

test('a role in the box is saved without Add', async () => {
  const user = await createUser('boxed', { roles: roles('writer') });
  await show(page, { id: user.id, name: 'boxed' });
  await field('Role to add').fill(' auditor ');
  await save();
  await page.getByText('Saved boxed.').waitFor();
  assert.deepEqual((await userNow(user.id)).roles, roles('auditor', 'writer'));
  await page.getByRole('button', { name: 'Remove role auditor' }).waitFor();
  assert.equal(await field('Role to add').inputValue(), '');
});

test('an invalid value is refused beside its field', async () => {
  const { id } = await createUser('invalid');
  await show(page, { id, name: 'invalid' });
  await field('Email address').fill('no address');
  await save();
  await page.locator('input[name=email][aria-invalid=true]').waitFor();
  await page.getByRole('button', { name: 'Revert' }).click();
  assert.equal(await field('Email address').inputValue(), 'invalid@example.com');
});

test('a user is disabled and enabled', async () => {
  const { id } = await createUser('switched');
  await show(page, { id, name: 'switched' });
  const dialog = page.getByRole('dialog', { name: 'Disable switched?' });
  await page.getByRole('button', { name: 'Disable' }).click();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  assert.equal((await userNow(id)).status, 'ENABLED');
  await page.getByRole('button', { name: 'Disable' }).click();
  await dialog.getByRole('button', { name: 'Disable' }).click();
  await page.getByText('Disabled switched').waitFor();
  assert.equal((await userNow(id)).status, 'DISABLED');
  await page.getByRole('button', { name: 'Enable' }).click();
  await page.getByText('Enabled switched.').waitFor();
  assert.equal((await userNow(id)).status, 'ENABLED');
});

test('two changes of one field are shown side by side and merged', async () => {
  const { id } = await createUser('shared', { roles: roles('writer') });
  await show(page, { id, name: 'shared' });
  await field('Email address').fill('mine@example.com');
  await addRole('auditor');
  const theirs = { email: 'theirs@example.com', roles: roles('writer', 'reader') };
  await asAdmin('PATCH', `/users/${id}`, { userInfo: theirs });
  await save();
  await page.getByRole('alert').getByText('This user was changed in another tab or by someone else').waitFor();
  const shown = (await row('Email address').innerText()).split(/\s+/);
  for (const value of ['shared@example.com', 'mine@example.com', 'theirs@example.com']) {
    assert.ok(shown.includes(value), shown.join(' '));
  }
  assert.deepEqual((await userNow(id)).email, theirs.email, 'nothing is overwritten');
  assert.ok(await page.getByLabel('Roles: keep both changes').isChecked());
  await page.getByLabel('Email address: keep the saved value').check();
  await page.getByRole('button', { name: 'Save merged user' }).click();
  await page.getByText('Saved shared.').waitFor();
  const { email, roles: saved } = await userNow(id);
  assert.deepEqual([email, saved], [theirs.email, roles('auditor', 'reader', 'writer')]);
});

test('changes of different fields are both kept', async () => {
  const { id } = await createUser('apart');
  await show(page, { id, name: 'apart' });
  await field('Email address').fill('mine@apart.example');
  await asAdmin('PATCH', `/users/${id}`, { userInfo: { roles: roles('reader') } });
  await save();
  await page.getByRole('button', { name: 'Save merged user' }).click();
  await page.getByText('Saved apart.').waitFor();
  const { email, roles: saved } = await userNow(id);
  assert.deepEqual([email, saved], ['mine@apart.example', roles('reader')]);
});

test('a change during the merge is shown as well', async () => {
  const { id } = await createUser('thrice');
  await show(page, { id, name: 'thrice' });
  await field('Email address').fill('mine@thrice.example');
  await asAdmin('PATCH', `/users/${id}`, { userInfo: { email: 'second@thrice.example' } });
  await save();
  await page.getByText('second@thrice.example').waitFor();
  await asAdmin('PATCH', `/users/${id}`, { userInfo: { email: 'third@thrice.example' } });
  await page.getByRole('button', { name: 'Save merged user' }).click();
  await row('Email address').getByText('third@thrice.example').waitFor();
  await page.getByRole('button', { name: 'Discard my changes' }).click();
  assert.equal(await field('Email address').inputValue(), 'third@thrice.example');
  assert.equal((await userNow(id)).email, 'third@thrice.example');
});

test('a lost laptop is logged out by ending its session', async () => {
  const { id } = await createUser('traveller');
  const [laptop, phone] = [await openAs('traveller'), await openAs('traveller')];
  await show(page, { id, name: 'traveller' });
  const sessions = page.getByRole('region', { name: 'Sessions' });
  const ends = sessions.getByRole('button', { name: /^End the session/ });
  await ends.nth(1).waitFor();
  await ends.first().click();
  await page.getByText('Ended the session.').waitFor();
  await ends.nth(1).waitFor({ state: 'detached' });
  assert.equal(await ends.count(), 1);
  await sessions.getByRole('button', { name: 'End all' }).click();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  assert.equal(await ends.count(), 1, 'nothing ends without a consent');
  await sessions.getByRole('button', { name: 'End all' }).click();
  await page.getByRole('dialog', { name: 'End all sessions?' }).getByRole('button', { name: 'End sessions' }).click();
  await sessions.getByText('No session is open.').waitFor();
  for (const other of [laptop, phone]) {
    await other.getByLabel('Email address').fill('gone@example.com');
    await other.getByRole('button', { name: 'Save' }).click();
    await other.getByRole('dialog', { name: 'Your session has ended' }).waitFor();
    await other.close();
  }
});

test('ending all other sessions of oneself keeps this page', async () => {
  await createUser('own');
  const [mine, other] = [await openAs('own'), await openAs('own')];
  await mine.reload();
  await mine.close();
  const sessions = other.getByRole('region', { name: 'Sessions' });
  await sessions.getByText('This page').waitFor();
  await sessions.getByRole('button', { name: 'End all others' }).click();
  await other.getByRole('dialog').getByRole('button', { name: 'End sessions' }).click();
  await other.getByText('Ended the sessions.').waitFor();
  await other.getByRole('button', { name: 'Log out' }).waitFor();
  await other.close();
});

test('the audit log is filtered by user name and action', async () => {
  const { id } = await createUser('logged', { roles: roles('auditor') });
  await go(page, '#/audit');
  await heading(page, 'Audit log').waitFor();
  await page.getByLabel('User (name or id)').fill('logged');
  await page.getByLabel('Action').selectOption('USER_CHANGED');
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.getByText('1 entry on this page').waitFor();
  assert.match(page.url(), new RegExp(`userId=${id}`));
  const change = page.locator('table.audit tbody tr');
  assert.match(await change.innerText(), /none\s*→\s*auditor/);
  await page.getByLabel('User (name or id)').fill('missing');
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.locator('.filters .error').getByText('No user is named missing.').waitFor();
});

test('blanks around the name and the address are dropped', async () => {
  const { id } = await createUser('blank');
  await show(page, { id, name: 'blank' });
  await field('Name').fill(' blank ');
  await page.getByRole('button', { name: 'Save', disabled: true }).waitFor();
  await field('Email address').fill('\tmoved@example.com ');
  await save();
  await page.getByText('Saved blank.').waitFor();
  const { name, email } = await userNow(id);
  assert.deepEqual([name, email], ['blank', 'moved@example.com']);
});

test('a merge says who changed a field, and when', async () => {
  const { id } = await createUser('contested');
  await createUser('colleague', { roles: roles('admin') });
  await show(page, { id, name: 'contested' });
  await field('Email address').fill('mine@example.org');
  const colleague = await openAs('colleague', `#/users/${id}`);
  await colleague.getByLabel('Email address').fill('theirs@example.org');
  await colleague.getByRole('button', { name: 'Save', exact: true }).click();
  await colleague.getByText('Saved contested.').waitFor();
  await asAdmin('PATCH', `/users/${id}`, { userInfo: { roles: roles('reader') } });
  await save();
  const author = row('Email address').locator('.author');
  await author.getByText('by colleague').waitFor();
  await author.getByText('just now').waitFor();
  await row('Roles').locator('.author').getByText('by admin').waitFor();
  await page.getByRole('button', { name: 'Discard my changes' }).click();
  await colleague.close();
});

test('an entry of imports is one link away from a user', async () => {
  await show(page, { id: 1, name: 'admin' });
  await page.getByRole('link', { name: 'Show imports' }).click();
  await heading(page, 'Audit log').waitFor();
  assert.equal(await page.getByLabel('Action').inputValue(), 'USERS_IMPORTED');
});
