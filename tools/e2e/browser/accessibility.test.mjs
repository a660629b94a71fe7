// What axe-core finds on the page: nothing in our own parts, and in Swagger UI's list of operations
// no more and no less than the baseline says.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, test } from 'node:test';
import { prepare, violations } from './axe.mjs';
import { PASSWORD, complaints, execute, load, opened, page } from './harness.mjs';

const baseline = JSON.parse(readFileSync(new URL('axe-baseline.json', import.meta.url), 'utf8'));

// The whole page apart from the list of operations.
const frame = { exclude: [['.opblock-tag-section']] };

// An operation of each method, executed, with one error response open.
async function showOperations() {
  await execute('getUser', { userId: '1' });
  await execute('listAuditEntries');
  for (const operation of ['createPortalUser', 'updateUser', 'deletePortalUser', 'createSessionToken']) {
    await opened(operation);
  }
  for (const operation of ['getUser', 'createPortalUser']) {
    await (await opened(operation)).locator('.response-toggle').first().click();
  }
  await page.locator('.models button').first().click();
}

// Checks what axe-core finds in each width and colour. The page follows both without being loaded again.
async function eachMode(context, check) {
  for (const width of [375, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      await page.waitForFunction(
        (isDark) => document.documentElement.classList.contains('dark-mode') === isDark,
        colorScheme === 'dark',
      );
      check(await violations(page, context), `${width} px, ${colorScheme}`);
    }
  }
}

const none = (found, mode) => assert.deepEqual(found, [], mode);

before(async () => {
  // Texts that scroll are made focusable when they are shown, which the narrower page has more of.
  await load({ viewport: { width: 375, height: 800 } });
  await prepare(page);
});

test('axe-core finds nothing in the page before a log-in', () => eachMode(frame, none));

test('axe-core finds nothing in the dialog', async () => {
  await page.locator('.auth-wrapper .authorize').click();
  await page.getByRole('dialog').waitFor();
  await eachMode('dialog', none);
  await page.keyboard.press('Escape');
});

for (const password of ['wrong', PASSWORD]) {
  test(`axe-core finds nothing in the log-in box after "${password}"`, async () => {
    const box = page.getByRole('region', { name: 'Session' });
    await box.getByLabel('Name').fill('admin');
    await box.getByLabel('Password').fill(password);
    await page.keyboard.press('Enter');
    await box.getByRole('status').getByText(password === 'wrong' ? 'Credentials' : 'Logged in').waitFor();
    await eachMode('#session', none);
  });
}

test('axe-core finds in the operations what the baseline counts', async () => {
  await page.setViewportSize({ width: 375, height: 800 });
  await showOperations();
  await eachMode('#swagger-ui', (found, mode) => {
    assert.deepEqual(found.filter(({ impact }) => impact === 'critical'), [], mode);
    const counts = Object.fromEntries(found.map(({ id, elements }) => [id, elements.length]));
    // A list that could be shorter fails as well as one that is too short.
    assert.deepEqual(counts, baseline, `${mode}: ${JSON.stringify(found, null, 1)}`);
  });
  assert.deepEqual(complaints, []);
});
