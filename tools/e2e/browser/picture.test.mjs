// The picture of the page for docs/api.md: both sets and the log-in box, at the default address.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { browser, origin, screenshotFolder } from './harness.mjs';

const ADDRESS = 'http://localhost:8080';

test('the picture for docs/api.md shows both sets and the log-in box', async () => {
  const viewport = { width: 1280, height: 800 };
  const page = await browser.newPage({ locale: 'en', colorScheme: 'light', viewport });
  // Another program may have that port, so that the server has another.
  await page.route(`${ADDRESS}/**`, async (route) => {
    const url = route.request().url().replace(ADDRESS, origin);
    await route.fulfill({ response: await route.fetch({ url }) });
  });
  await page.goto(`${ADDRESS}/swagger-ui/`);
  await page.locator('.opblock').first().waitFor();
  assert.ok(await page.locator('#log-in').isVisible());
  const bottomOf = (tag) =>
    page
      .locator('.opblock-tag-section', { has: page.locator(`[id="operations-tag-${tag}"]`) })
      .evaluate((section) => section.getBoundingClientRect().bottom + scrollY);
  const height = Math.ceil(Math.max(await bottomOf('portal'), await bottomOf('directory')));
  const path = join(screenshotFolder(), 'swagger-ui.png');
  const clip = { x: 0, y: 0, width: 1280, height };
  const picture = await page.screenshot({ path, fullPage: true, clip });
  assert.equal(picture.readUInt32BE(16), 1280);
  assert.ok(picture.length < 200_000, `${picture.length} bytes`);
  await page.close();
});
