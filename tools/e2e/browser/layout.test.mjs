// What the page looks like: on a phone, in the dark, without JavaScript, and how much of it there is.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keepScreenshot, load, newPage, opened, origin, page, requireCount } from './harness.mjs';

const PHONE = { width: 375, height: 800 };

const operations = () => page.locator('.opblock').evaluateAll((blocks) => blocks.map(({ id }) => id));

async function eachOpened(check) {
  for (const id of await operations()) {
    const operation = id.split('-').at(-1);
    const block = await opened(operation);
    await block.locator('button.execute').waitFor();
    await check(block, operation);
    await block.locator('.opblock-summary-control').click();
  }
}

test('error responses are collapsed until their button is pressed', async () => {
  await load({ viewport: { width: 1280, height: 800 } });
  const document = await (await page.request.get(`${origin}/openapi.json`)).json();
  const ofOperation = Object.fromEntries(
    Object.values(document.paths)
      .flatMap((path) => Object.values(path))
      .filter(({ operationId }) => operationId)
      .map(({ operationId, responses }) => [operationId, Object.keys(responses)]),
  );
  await eachOpened(async (block, operation) => {
    const errors = ofOperation[operation].filter((code) => Number(code) >= 400);
    const toggles = block.locator('.responses-table .response-toggle[aria-expanded="false"]');
    await requireCount(toggles, errors.length, operation);
    const successes = block.locator('.responses-table .response:not(:has(.response-toggle))');
    await requireCount(successes, ofOperation[operation].length - errors.length, operation);
    const { height } = await block.boundingBox();
    assert.ok(height < 2600, `${operation} is ${height} pixels high`);
  });
});

test('the keyboard opens an error response and closes it', async () => {
  await load();
  const block = await opened('getUser');
  const toggle = block.getByRole('button', { name: 'Credentials are missing or wrong' });
  const example = block.locator('.response[data-code="401"] .example');
  await toggle.focus();
  await page.keyboard.press('Enter');
  await example.waitFor();
  assert.equal(await toggle.getAttribute('aria-expanded'), 'true');
  assert.match(await example.innerText(), /urn:rollcall:problem:unauthenticated/);
  await keepScreenshot('get-user');
  await page.keyboard.press('Enter');
  await example.waitFor({ state: 'detached' });
  assert.equal(await toggle.getAttribute('aria-expanded'), 'false');
});

test('nothing is wider than a phone', async () => {
  await load({ viewport: PHONE, isMobile: true, deviceScaleFactor: 1 });
  const width = () => page.evaluate(() => document.documentElement.scrollWidth);
  assert.equal(await width(), PHONE.width);
  await keepScreenshot('phone');
  await eachOpened(async (block, operation) => {
    await block.locator('.response-toggle').first().click();
    assert.equal(await width(), PHONE.width, operation);
  });
});

test('the page follows the system into the dark and out of it', async () => {
  await load({ viewport: PHONE, colorScheme: 'dark' });
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const isDark = () => page.evaluate(() => document.documentElement.classList.contains('dark-mode'));
  assert.ok(await isDark());
  const dark = await background();
  await keepScreenshot('dark');
  await page.emulateMedia({ colorScheme: 'light' });
  await page.waitForFunction(() => !document.documentElement.classList.contains('dark-mode'));
  assert.notEqual(await background(), dark);
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.waitForFunction(() => document.documentElement.classList.contains('dark-mode'));
  assert.equal(await background(), dark);
});

test('without JavaScript the page links to the documents', async () => {
  const bare = await newPage({ javaScriptEnabled: false });
  await bare.goto(origin);
  assert.equal(await bare.title(), 'Rollcall API');
  assert.ok(!(await bare.getByText('Sign requests with a session').isVisible()));
  for (const [name, type] of [['JSON', 'application/json'], ['YAML', 'application/yaml']]) {
    const link = bare.getByRole('link', { name });
    assert.ok(await link.isVisible());
    const answer = await bare.request.get(await link.evaluate(({ href }) => href));
    assert.equal(answer.headers()['content-type'], type);
  }
  await bare.close();
});
