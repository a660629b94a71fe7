// Logging in and out, whom the console shows what, and how a session ends.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { PASSWORD, asAdmin, browser, createUser, go, heading, logIn, openAs, openPage, origin, requireSilence, userNow } from './harness.mjs';

const MOST_BYTES = 120 * 1024;

after(requireSilence);

const sessionsOf = async (id) => (await asAdmin('GET', `/users/${id}/sessions`)).body.sessionList.sessions;

test('the console is at most 120 KB compressed in all', async () => {
  const page = await browser.newPage();
  const answers = [];
  page.on('response', (response) => answers.push(response));
  await page.goto(`${origin}/console/`);
  await page.getByLabel('Name', { exact: true }).waitFor();
  let bytes = 0;
  for (const response of answers) {
    assert.equal(response.status(), 200, response.url());
    bytes += gzipSync(await response.body()).length;
  }
  assert.ok(answers.length > 30, String(answers.length));
  assert.ok(bytes < MOST_BYTES, `${bytes} bytes`);
  await page.close();
});

test('a wrong password is refused, and the name is kept', async () => {
  const page = await openPage();
  await logIn(page, 'admin', 'not the password');
  await page.getByRole('alert').getByText('The name or the password is wrong, or the user is disabled.').waitFor();
  assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'admin');
  await logIn(page, 'admin', PASSWORD);
  await heading(page, 'Users').waitFor();
  await page.close();
});

test('a link to a place leads there after the log-in', async () => {
  const page = await openAs('admin', '#/users/1');
  await heading(page, 'admin').waitFor();
  await page.close();
});

test('logging out ends the session', async () => {
  const { id } = await createUser('leaver');
  const page = await openAs('leaver');
  assert.equal((await sessionsOf(id)).length, 1);
  await page.getByRole('button', { name: 'Log out' }).click();
  await page.getByText('You are logged out.').waitFor();
  await waitUntil(async () => (await sessionsOf(id)).length === 0);
  await page.close();
});

test('closing the page ends the session', async () => {
  const { id } = await createUser('closer');
  // The browser goes on without the page, as it does for a person.
  const context = await browser.newContext({ locale: 'en' });
  const [page] = [await context.newPage(), await context.newPage()];
  await page.goto(`${origin}/console/`);
  await logIn(page, 'closer', PASSWORD);
  await heading(page, 'My account').waitFor();
  assert.equal((await sessionsOf(id)).length, 1);
  await page.close({ runBeforeUnload: true });
  await waitUntil(async () => (await sessionsOf(id)).length === 0);
  await context.close();
});

test('a page from the cache of the browser asks for the password', async () => {
  await createUser('returner');
  const page = await openAs('returner');
  await heading(page, 'My account').waitFor();
  // Chromium keeps no page of an automated browser: the event alone can be had.
  await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true })));
  await resume(page, PASSWORD);
  await heading(page, 'My account').waitFor();
  await page.close();
});

test('an ended session asks for the password and keeps what was typed', async () => {
  const { id } = await createUser('typist');
  const page = await openAs('typist');
  await page.getByLabel('Email address').fill('typed@example.com');
  assert.equal((await asAdmin('DELETE', `/users/${id}/sessions`)).status, 204);
  await page.getByRole('button', { name: 'Save' }).click();
  const dialog = page.getByRole('dialog', { name: 'Your session has ended' });
  await dialog.waitFor();
  for (let pressed = 0; pressed < 3; pressed++) await page.keyboard.press('Escape');
  // The browser closes it at the second press, and the page opens it again.
  await dialog.waitFor();
  await resume(page, 'not the password');
  await page.getByText('or the user is disabled.').waitFor();
  await resume(page, PASSWORD);
  await page.getByText('Saved typist.').waitFor();
  assert.equal((await userNow(id)).email, 'typed@example.com');
  await page.close();
});

test('a user who is disabled meanwhile is told why nothing works', async () => {
  const { id } = await createUser('disabled');
  const page = await openAs('disabled');
  await page.getByLabel('Email address').fill('other@example.com');
  await asAdmin('PATCH', `/users/${id}`, { userInfo: { status: 'DISABLED' } });
  await page.getByRole('button', { name: 'Save' }).click();
  const dialog = page.getByRole('dialog', { name: 'Your session has ended' });
  await dialog.getByText('when its user is disabled').waitFor();
  await resume(page, PASSWORD);
  await dialog.getByText('or the user is disabled.').waitFor();
  await dialog.getByRole('button', { name: 'Log out and discard' }).click();
  await page.getByText('You are logged out.').waitFor();
  await page.close();
});

test('a non-admin sees the own account only', async () => {
  await createUser('plain');
  const page = await openAs('plain');
  await heading(page, 'My account').waitFor();
  assert.deepEqual(await page.getByRole('navigation').getByRole('link').allInnerTexts(), ['My account']);
  assert.equal(await page.getByLabel('Status').count(), 0);
  for (const place of ['#/users', '#/audit', '#/users/1']) {
    await go(page, place);
    await page.getByText('This page is for admins.').waitFor();
    await go(page, '#/me');
    await heading(page, 'My account').waitFor();
  }
  await page.close();
});

test('an admin who loses the role loses the pages of admins', async () => {
  const { id } = await createUser('demoted', { roles: [{ name: 'admin' }] });
  const page = await openAs('demoted');
  await heading(page, 'Users').waitFor();
  await asAdmin('PATCH', `/users/${id}`, { userInfo: { roles: [] } });
  await page.getByLabel('Status').selectOption('DISABLED');
  await page.getByText('This page is for admins.').waitFor();
  await page.close();
});

test('another password for oneself keeps the page logged in', async () => {
  const { id } = await createUser('changer');
  const page = await openAs('changer');
  await page.getByLabel('Current password', { exact: true }).fill('not the password');
  await page.getByLabel('New password', { exact: true }).fill('another fine password');
  await page.getByRole('button', { name: 'Change password' }).click();
  await page.locator('.error').getByText('Current password does not match').waitFor();
  await page.locator('[autocomplete=current-password][aria-invalid=true]:focus').waitFor();
  await page.getByLabel('Current password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Change password' }).click();
  await page.getByText('Changed the password').waitFor();
  await page.getByText('This page', { exact: true }).waitFor();
  assert.equal((await sessionsOf(id)).length, 1);
  await page.close();
});

test('without crypto.subtle the console says that it needs HTTPS', async () => {
  const page = await browser.newPage();
  await page.addInitScript(() => Object.defineProperty(Crypto.prototype, 'subtle', { value: undefined }));
  await page.goto(`${origin}/console/`);
  await page.getByText('Open the console over HTTPS').waitFor();
  assert.equal(await page.getByRole('textbox').count(), 0);
  await page.close();
});

async function resume(page, password) {
  const dialog = page.getByRole('dialog', { name: 'Your session has ended' });
  await dialog.getByLabel('Password', { exact: true }).fill(password);
  await dialog.getByRole('button', { name: 'Continue' }).click();
}

async function waitUntil(holds) {
  for (let asked = 0; asked < 600; asked++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail(`after 30 s: ${holds}`);
}
