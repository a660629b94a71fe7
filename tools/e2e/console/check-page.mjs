// What a page must be in both themes, at the width that it has.

import assert from 'node:assert/strict';
import { prepare, violations } from '../browser/axe.mjs';
import { keepScreenshot } from './harness.mjs';

// Requires that axe-core finds nothing, and that nothing is wider than the window.
export async function checkPage(page, name) {
  const { width } = page.viewportSize();
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    await prepare(page);
    assert.deepEqual(await violations(page), [], `${name}, ${width} px, ${colorScheme}`);
    const room = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(room <= 0, `${name} is ${room} px wider than the window`);
    await keepScreenshot(page, `${name}-${width}-${colorScheme}`);
  }
}
