// The picture for README.md: the table of users.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createUser, keepScreenshot, openAs } from './harness.mjs';

const USERS = [
  ['ada.meyer', ['auditor']],
  ['ben.okafor', []],
  ['cleo.silva', ['editor', 'viewer']],
  ['dan.rossi', []],
  ['eva.novak', ['viewer']],
  ['finn.larsen', []],
  ['gina.dubois', ['editor']],
  ['hugo.tanaka', []],
  ['ivy.khan', ['admin', 'auditor']],
  ['jan.smith', []],
  ['kim.tanaka', ['viewer']],
];
const DISABLED = ['dan.rossi', 'jan.smith'];

test('the picture for README.md shows the table of users', async () => {
  for (const [name, roles] of USERS) {
    const status = DISABLED.includes(name) ? 'DISABLED' : 'ENABLED';
    await createUser(name, { status, roles: roles.map((role) => ({ name: role })) });
  }
  const page = await openAs('admin', '#/users?sort=name', { viewport: { width: 1280, height: 750 }, colorScheme: 'light' });
  await page.getByRole('link', { name: 'kim.tanaka' }).waitFor();
  assert.equal(await page.locator('table.users tbody tr').count(), 12);
  await keepScreenshot(page, 'picture', { isPicture: true });
  await page.close();
});
