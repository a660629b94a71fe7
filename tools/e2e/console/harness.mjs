// A real browser on the console of a real server.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PASSWORD, atEnd, startBrowser, startServer, watchedPage } from '../browser/launch.mjs';

export { requireCount } from '../browser/count.mjs';
export { PASSWORD };

const folder = mkdtempSync(join(tmpdir(), 'rollcall-console-'));
const database = `--database-url=sqlite://${folder}/rollcall.db`;
const complaints = [];
const strangers = [];

export const [origin, browser] = await Promise.all([startServer(database), startBrowser()]);
atEnd(() => rmSync(folder, { recursive: true, force: true }));

// A page of its own session at a place of the console.
export async function openPage(hash = '', options = {}) {
  const page = await watchedPage(browser, origin, { complaints, strangers }, options);
  await page.goto(`${origin}/console/${hash}`);
  return page;
}

// The same, after a log-in.
export async function openAs(name, hash = '', options = {}) {
  const page = await openPage(hash, options);
  await logIn(page, name, PASSWORD);
  await page.getByRole('button', { name: 'Log out' }).waitFor();
  return page;
}

export async function logIn(page, name, password) {
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.keyboard.press('Enter');
}

// Goes to another place as a link would.
export const go = (page, hash) =>
  page.evaluate((place) => {
    location.hash = place;
  }, hash);

export const heading = (page, name) => page.getByRole('heading', { level: 1, name, exact: true });

// Goes to the page of a user.
export async function show(page, { id, name }) {
  await go(page, `#/users/${id}`);
  await heading(page, name).waitFor();
}

// Opens the dialog for a new user, and fills these fields in.
export async function fillNewUser(page, name, { email = `${name.trim()}@example.com`, password = PASSWORD } = {}) {
  await go(page, '#/users');
  await page.getByRole('button', { name: 'New user' }).click();
  const dialog = page.getByRole('dialog', { name: 'New user' });
  await dialog.getByLabel('Name', { exact: true }).fill(name);
  await dialog.getByLabel('Email address').fill(email);
  await dialog.getByLabel('Password', { exact: true }).fill(password);
  return dialog;
}

// Sends a request as the admin, beside the page.
export async function asAdmin(method, path, data, headers = {}) {
  const credentials = Buffer.from(`admin:${PASSWORD}`).toString('base64');
  const answer = await fetch(`${origin}${path}`, {
    method,
    headers: { authorization: `Basic ${credentials}`, 'content-type': 'application/json', ...headers },
    body: data && JSON.stringify(data),
  });
  const text = await answer.text();
  return { status: answer.status, body: text && JSON.parse(text) };
}

// Creates a user with the password of all users here.
export async function createUser(name, change) {
  const userInfo = { name, email: `${name}@example.com`, plaintextPassword: PASSWORD };
  const made = await asAdmin('POST', '/users', { userInfo });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  if (!change) return made.body.user;
  return (await asAdmin('PATCH', `/users/${made.body.user.id}`, { userInfo: change })).body.user;
}

export const userNow = async (id) => (await asAdmin('GET', `/users/${id}`)).body.user;

// Imports so many users, whose names are in the order of their numbers.
export function importUsers(count) {
  const run = (...words) =>
    execFileSync(process.env.ROLLCALL, [...words, database], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  const [exported, imported] = ['admin.ndjson', 'users.csv'].map((name) => join(folder, name));
  run('export', exported, '--with-hashes');
  const { passwordHash } = JSON.parse(readFileSync(exported, 'utf8').split('\n')[0]);
  const rows = Array.from({ length: count }, (_, index) => {
    const name = `user-${String(index + 1).padStart(5, '0')}`;
    return `${name},${name}@example.com,${index % 7 ? '' : 'auditor'},${index % 9 ? 'ENABLED' : 'DISABLED'},${passwordHash}`;
  });
  writeFileSync(imported, `name,email,roles,status,passwordHash\n${rows.join('\n')}\n`);
  run('import', imported);
}

// Requires that no page has complained, also of its policy, or has asked anything of another server.
export function requireSilence() {
  assert.deepEqual(complaints, []);
  assert.deepEqual(strangers, []);
}

// Keeps what the page looks like where the environment says.
export async function keepScreenshot(page, name, { isPicture = false } = {}) {
  if (!process.env.SCREENSHOTS) return;
  await page.screenshot({ path: join(process.env.SCREENSHOTS, `console-${name}.png`), fullPage: !isPicture });
}
