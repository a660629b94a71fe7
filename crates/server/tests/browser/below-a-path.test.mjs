// Swagger UI below a path: behind a proxy that takes the path off, and by --base-path.

import assert from 'node:assert/strict';
import http from 'node:http';
import { test } from 'node:test';
import { PASSWORD, atEnd, startBrowser, startServer } from './launch.mjs';

const browser = await startBrowser();

// Starts a proxy that takes `path` off and has nothing else, and returns its origin.
async function stripping(path, upstream) {
  const proxy = http.createServer((request, response) => {
    if (!request.url.startsWith(`${path}/`)) return response.writeHead(404).end();
    const options = { method: request.method, headers: request.headers };
    const forwarded = http.request(upstream + request.url.slice(path.length), options, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    forwarded.on('error', () => response.destroy());
    return request.pipe(forwarded);
  });
  atEnd(() => proxy.close());
  await new Promise((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${proxy.address().port}`;
}

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
