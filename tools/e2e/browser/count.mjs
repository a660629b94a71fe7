// How many elements a page has.

import assert from 'node:assert/strict';

// Requires that a locator comes to hold exactly so many elements. The page fills its parts one after
// another, so that a count taken at once may be the count of a part that is not there yet.
export async function requireCount(locator, expected, what) {
  if (expected) await locator.nth(expected - 1).waitFor({ state: 'attached' });
  assert.equal(await locator.count(), expected, what);
}
