// Swagger UI below a path: behind a proxy that takes the path off, and by --base-path.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PASSWORD, startBrowser, startServer, stripping } from './launch.mjs';

const browser = await startBrowser();

// Logs in on the page at `root`, executes one operation of each kind, and logs out.
async function use(root) {
  const page = await browser.newPage({ reducedMotion: 'reduce' });
  const outside = [];
  page.on('request', (request) => {
    const url = request.url();
    if (url.startsWith('http') && !url.startsWith(root)) outside.push(url);
  });
  await page.goto(root);
  await page.locator('.opblock').first().waitFor();
  assert.equal(page.url(), `${root}swagger-ui/`);
  const box = page.getByRole('region', { name: 'Session' });
  await box.getByLabel('Name').fill('admin');
  await box.getByLabel('Password').fill(PASSWORD);
  await box.getByRole('button', { name: 'Log in' }).click();
  await box.getByText('Requests are signed as admin').waitFor();
  for (const [operation, url, status] of [
    ['listUsers', 'users', 200],
    ['listPortalUsers', 'api/v1/users', 200],
    ['createUser', 'users', 201],
  ]) {
    const block = page.locator(`[id$="-${operation}"].opblock`);
    await block.locator('.opblock-summary-control').click();
    const answered = page.waitForResponse((response) => response.url() === root + url);
    await block.locator('button.execute').click();
    const answer = await answered;
    assert.equal(answer.status(), status, operation);
    assert.ok(answer.request().headers().signature, operation);
    assert.equal(answer.request().headers().authorization, undefined, operation);
  }
  const ended = page.waitForResponse((response) => response.url().startsWith(`${root}tokens/`));
  await box.getByRole('button', { name: 'Log out' }).click();
  assert.equal((await ended).status(), 204);
  assert.deepEqual(outside, []);
  await page.close();
}

test('the page works behind a proxy that takes a path off', async () => {
  const origin = await stripping('/x/prov', await startServer());
  await use(`${origin}/x/prov/`);
});

test('the page works below the base path, also behind such a proxy', async () => {
  const origin = await stripping('/x', await startServer('--base-path=/a/prov'));
  await use(`${origin}/x/a/prov/`);
});
