// A slow network, a busy server, one that restarts, answers of proxies, and other tabs: what was typed
// stays, and the page says what to do.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { atEnd } from '../browser/launch.mjs';
import { PASSWORD, asAdmin, browser, createUser, heading, logIn, openAs, openPage, requireSilence, show, userNow } from './harness.mjs';

let page;

before(async () => {
  page = await openAs('admin');
});

after(requireSilence);

const address = (on = page) => on.getByLabel('Email address', { exact: true });
const save = (on = page) => on.getByRole('button', { name: 'Save', exact: true }).click();
const isChange = (request) => request.method() === 'PATCH';

// Has the first change meet `answer`, and the next ones the server.
const onFirstChange = (answer) =>
  page.route(/\/users\/\d+$/, (route) => (isChange(route.request()) ? answer(route) : route.fallback()), { times: 1 });

for (const [status, headers, body, told] of [
  [503, { 'Retry-After': '7', 'Content-Type': 'application/problem+json' }, '{"detail":"The server is busy"}', ['The server is busy', 'Try again in 7 s.']],
  [429, { 'Retry-After': '600', 'Content-Type': 'application/problem+json' }, '{"detail":"Too many changes"}', ['Too many changes', 'Try again in 10 minutes.']],
  [502, { 'Content-Type': 'text/html' }, '<h1>Bad Gateway</h1>', ['a program in front of it did (status 502)']],
  [504, {}, '', ['a program in front of it did (status 504)']],
]) {
  test(`an answer ${status} to a save keeps what was typed`, async () => {
    const user = await createUser(`refused-${status}`);
    await show(page, user);
    await address().fill(`typed-${status}@example.com`);
    await onFirstChange((route) => route.fulfill({ status, headers, body }));
    await save();
    for (const words of told) await page.getByRole('alert').getByText(words).waitFor();
    assert.equal(await page.getByText('<h1>').count(), 0);
    assert.equal(await address().inputValue(), `typed-${status}@example.com`);
    await save();
    await page.getByText(`Saved refused-${status}.`).waitFor();
    await page.unroute(/\/users\/\d+$/);
  });
}

test('a log-in that meets a busy server keeps the password', async () => {
  const other = await openPage();
  const headers = { 'Retry-After': '3', 'Content-Type': 'application/problem+json' };
  const busy = (route) => route.fulfill({ status: 503, headers, body: '{"detail":"The server is busy"}' });
  await other.route('**/tokens', busy, { times: 1 });
  await logIn(other, 'admin', PASSWORD);
  await other.getByRole('alert').getByText('Try again in 3 s.').waitFor();
  assert.equal(await other.getByLabel('Password', { exact: true }).inputValue(), PASSWORD);
  await other.getByRole('button', { name: 'Log in' }).click();
  await heading(other, 'Users').waitFor();
  await other.close();
});

test('a save whose answer was lost is saved at the next attempt', async () => {
  const user = await createUser('lost');
  await show(page, user);
  await address().fill('arrived@example.com');
  await onFirstChange(async (route) => {
    await route.fetch();
    await route.abort('connectionreset');
  });
  await save();
  await page.getByRole('alert').getByText('The server does not answer.').waitFor();
  await save();
  await page.getByText('Saved lost.').waitFor();
  const { email, version } = await userNow(user.id);
  assert.deepEqual([email, version], ['arrived@example.com', user.version + 1]);
});

test('a text typed during a slow save stays', async () => {
  const user = await createUser('slow');
  await show(page, user);
  const network = await page.context().newCDPSession(page);
  const conditions = { offline: false, latency: 1500, downloadThroughput: 20_000, uploadThroughput: 20_000 };
  await network.send('Network.emulateNetworkConditions', conditions);
  await address().fill('first@example.com');
  await save();
  await page.locator('form.details [aria-busy=true]').waitFor();
  await page.getByLabel('Name', { exact: true }).fill('slower');
  // It begins no second save.
  await page.keyboard.press('Enter');
  await page.getByText('Saved slow.').waitFor();
  await network.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
  assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'slower');
  const { name, email, version } = await userNow(user.id);
  assert.deepEqual([name, email, version], ['slow', 'first@example.com', user.version + 1]);
  await save();
  await page.getByText('Saved slower.').waitFor();
  assert.equal((await userNow(user.id)).name, 'slower');
});

test('an edit in another tab is merged, and no tab ends the other', async () => {
  const user = await createUser('tabbed');
  const context = await browser.newContext({ locale: 'en', reducedMotion: 'reduce' });
  const tabs = [];
  for (const _ of [1, 2]) {
    const tab = await context.newPage();
    await tab.goto(`${new URL(page.url()).origin}/console/#/users/${user.id}`);
    await logIn(tab, 'admin', PASSWORD);
    await heading(tab, 'tabbed').waitFor();
    tabs.push(tab);
  }
  const [first, second] = tabs;
  await address(second).fill('second-tab@example.com');
  await address(first).fill('first-tab@example.com');
  await save(first);
  await first.getByText('Saved tabbed.').waitFor();
  await first.getByRole('button', { name: 'Log out' }).click();
  await first.getByText('You are logged out.').waitFor();
  await save(second);
  await second.getByLabel('Email address: keep yours').waitFor();
  await second.getByRole('button', { name: 'Save merged user' }).click();
  await second.getByText('Saved tabbed.').waitFor();
  assert.equal((await userNow(user.id)).email, 'second-tab@example.com');
  await context.close();
});

test('a reload leads back to the same place after a log-in', async () => {
  const user = await createUser('reloading');
  const other = await openAs('admin', `#/users/${user.id}`);
  await heading(other, 'reloading').waitFor();
  await other.reload();
  await logIn(other, 'admin', PASSWORD);
  await heading(other, 'reloading').waitFor();
  await other.close();
});

test('a restart of the server keeps the session and the typed text', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-restart-'));
  let server = await start(folder, 0);
  const other = await browser.newPage({ locale: 'en', reducedMotion: 'reduce' });
  await other.goto(`${server.origin}/console/#/users/1`);
  await logIn(other, 'admin', PASSWORD);
  await heading(other, 'admin').waitFor();
  await address(other).fill('typed@example.com');
  await stop(server);
  await save(other);
  await other.getByRole('alert').getByText('The server does not answer. Try again').waitFor();
  server = await start(folder, new URL(server.origin).port);
  assert.equal(await address(other).inputValue(), 'typed@example.com');
  await save(other);
  await other.getByText('Saved admin.').waitFor();
  await other.close();
  await stop(server);
  rmSync(folder, { recursive: true });
});

async function start(folder, port) {
  const settings = [`--listen=127.0.0.1:${port}`, '--bcrypt-cost=4', `--database-url=sqlite://${folder}/rollcall.db`];
  const child = spawn(process.env.ROLLCALL, settings, { cwd: folder, env: { ROLLCALL_ADMIN_PASSWORD: PASSWORD } });
  atEnd(() => child.kill());
  for await (const line of createInterface(child.stderr)) {
    const origin = /listening on (http:\S+)/.exec(line)?.[1];
    if (!origin) continue;
    child.stderr.resume();
    return { child, origin };
  }
  throw new Error('the server has not started');
}

async function stop({ child }) {
  const ended = new Promise((resolve) => child.on('exit', resolve));
  child.kill();
  await ended;
}

test('a user who was deleted meanwhile is said to be deleted', async () => {
  const user = await createUser('vanished');
  await show(page, user);
  await address().fill('typed@example.com');
  assert.equal((await asAdmin('DELETE', '/api/v1/users/vanished')).status, 204);
  await save();
  await page.getByRole('alert').getByText('This user was deleted meanwhile. What you have typed is kept').waitFor();
  assert.equal(await address().inputValue(), 'typed@example.com');
});
