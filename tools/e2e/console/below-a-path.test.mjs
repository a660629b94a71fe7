// The console below a path: behind a proxy that takes the path off, and by --base-path.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PASSWORD, startBrowser, startServer, stripping } from '../browser/launch.mjs';

const browser = await startBrowser();

async function use(root) {
  const page = await browser.newPage({ locale: 'en', reducedMotion: 'reduce' });
  const outside = [];
  page.on('request', (request) => {
    if (request.url().startsWith('http') && !request.url().startsWith(root)) outside.push(request.url());
  });
  await page.goto(`${root}console`);
  assert.equal(page.url(), `${root}console/`);
  await page.getByLabel('Name', { exact: true }).fill('admin');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: 'admin', exact: true }).click();
  await page.getByLabel('Email address').fill('admin@example.com');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved admin.').waitFor();
  const ended = page.waitForResponse((response) => response.url().startsWith(`${root}tokens/`));
  await page.getByRole('button', { name: 'Log out' }).click();
  assert.equal((await ended).status(), 204);
  assert.deepEqual(outside, []);
  await page.close();
}

test('the console works behind a proxy that takes a path off', async () => {
  const origin = await stripping('/x/prov', await startServer());
  await use(`${origin}/x/prov/`);
});

test('the console works below the base path, also behind such a proxy', async () => {
  const origin = await stripping('/x', await startServer('--base-path=/a/prov'));
  await use(`${origin}/x/a/prov/`);
});
