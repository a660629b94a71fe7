// A real browser on the real server, and what a person does on the page.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PASSWORD, atEnd, startBrowser, startServer, watchedPage } from './launch.mjs';

export { requireCount } from './count.mjs';
export { PASSWORD };
// What the page complained of, and what it asked of other servers.
export const complaints = [];
export const strangers = [];

// All of this is there before the first test, and before what a test's file does ahead of it.
export const [origin, browser] = await Promise.all([startServer(), startBrowser()]);
export let page = await newPage();

// A page of its own session, for which Playwright's options say the size and the colours.
export async function newPage(options) {
  return watchedPage(browser, origin, { complaints, strangers }, options);
}

// Loads Swagger UI until it shows the operations. A page of the test's own replaces the shared one.
export async function load(options) {
  if (options) {
    await page.close();
    page = await newPage(options);
  }
  await page.goto(origin);
  await page.locator('.opblock').first().waitFor();
}

// Sends a request as the admin, beside the page.
export async function asAdmin(method, path, data) {
  const credentials = Buffer.from(`admin:${PASSWORD}`).toString('base64');
  const headers = { authorization: `Basic ${credentials}` };
  return page.request.fetch(`${origin}${path}`, { method, headers, data });
}

// Where pictures of the page are kept.
export function screenshotFolder() {
  if (process.env.SCREENSHOTS) return process.env.SCREENSHOTS;
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-screenshots-'));
  atEnd(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

// Keeps what the page looks like where the environment says.
export async function keepScreenshot(name) {
  if (!process.env.SCREENSHOTS) return;
  await page.screenshot({ path: join(process.env.SCREENSHOTS, `${name}.png`), fullPage: true });
}

// An operation's part of the page, ready to be executed.
export async function opened(operation) {
  const block = page.locator(`[id$="-${operation}"].opblock`);
  if (!(await block.locator('button.execute').isVisible())) {
    await block.locator('.opblock-summary-control').click();
  }
  return block;
}

// Executes an operation on the page and returns the status and body that the page shows.
export async function execute(operation, parameters = {}, body) {
  const block = await opened(operation);
  for (const [name, value] of Object.entries(parameters)) {
    await block.locator(`tr[data-param-name="${name}"] input`).fill(value);
  }
  if (body) await block.locator('textarea.body-param__text').fill(JSON.stringify(body));
  // What an earlier execution has shown would be taken for the answer to this one.
  const clear = block.locator('button.btn-clear');
  if (await clear.count()) await clear.click();
  const answered = page.waitForResponse((response) => response.url().startsWith(origin));
  await block.locator('button.execute').click();
  await answered;
  const live = block.locator('.live-responses-table tbody tr.response');
  await live.waitFor();
  const status = Number.parseInt(await live.locator('.response-col_status').innerText(), 10);
  const shown = await live.locator('.response-col_description .highlight-code').allInnerTexts();
  return { status, body: shown.join('\n') };
}

export async function authorize(name, password) {
  await page.locator('.auth-wrapper .authorize').click();
  const dialog = page.locator('.modal-ux');
  await dialog.locator('.auth-container').first().waitFor();
  const logout = dialog.locator('button', { hasText: 'Logout' });
  if (await logout.count()) await logout.first().click();
  const inputs = dialog.locator('.auth-container input');
  await inputs.nth(0).fill(name);
  await inputs.nth(1).fill(password);
  await dialog.locator('button.authorize').first().click();
  await dialog.locator('.btn-done').first().click();
}
