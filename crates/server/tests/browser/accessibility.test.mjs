// What axe-core finds on the page: nothing in our own parts, and in Swagger UI's list of operations
// no more and no less than the baseline says.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { PASSWORD, complaints, execute, load, opened, page } from './harness.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const baseline = JSON.parse(readFileSync(new URL('axe-baseline.json', import.meta.url), 'utf8'));

// The whole page apart from the list of operations.
const frame = { exclude: [['.opblock-tag-section']] };

// The rules that a part of the page breaks, each with the elements.
async function violations(context) {
  const run = (part) => window.axe.run(part, { resultTypes: ['violations'] });
  const { violations: found } = await page.evaluate(run, context);
  const elements = (nodes) => nodes.map(({ target }) => target.join(' '));
  return found.map(({ id, impact, nodes }) => ({ id, impact, elements: elements(nodes) }));
}

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

for (const colorScheme of ['light', 'dark']) {
  for (const width of [1280, 375]) {
    test(`axe-core at ${width} px, ${colorScheme}`, async () => {
      await load({ colorScheme, viewport: { width, height: 800 }, reducedMotion: 'reduce' });
      await page.evaluate(axe);
      assert.deepEqual(await violations(frame), [], 'the page before a log-in');

      await page.locator('.auth-wrapper .authorize').click();
      await page.getByRole('dialog').waitFor();
      assert.deepEqual(await violations('dialog'), [], 'the dialog');
      await page.keyboard.press('Escape');

      const box = page.getByRole('region', { name: 'Session' });
      for (const password of ['wrong', PASSWORD]) {
        await box.getByLabel('Name').fill('admin');
        await box.getByLabel('Password').fill(password);
        await page.keyboard.press('Enter');
        await box.getByRole('status').getByText(/Credentials|Logged in/).waitFor();
        assert.deepEqual(await violations('#session'), [], `the box after ${password}`);
      }

      await showOperations();
      const found = await violations('#swagger-ui');
      assert.deepEqual(found.filter(({ impact }) => impact === 'critical'), []);
      const counts = Object.fromEntries(found.map(({ id, elements }) => [id, elements.length]));
      // A list that could be shorter fails as well as one that is too short.
      assert.deepEqual(counts, baseline, `axe-baseline.json differs: ${JSON.stringify(found, null, 1)}`);
      assert.deepEqual(complaints, []);
    });
  }
}
