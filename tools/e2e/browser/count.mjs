// How many elements a page has.

import assert from 'node:assert/strict';

const PATIENCE = 10_000;
const PAUSE = 50;

// Requires that a locator comes to hold exactly so many elements. The page adds and removes its parts
// one after another, so that a count taken at once may be of a moment before.
export async function requireCount(locator, expected, what) {
  const deadline = Date.now() + PATIENCE;
  let count = await locator.count();
  while (count !== expected && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
    count = await locator.count();
  }
  assert.equal(count, expected, what);
}
