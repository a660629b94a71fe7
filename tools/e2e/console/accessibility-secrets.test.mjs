// Keys, reset codes and the filtered audit log, in both themes and on a phone.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { checkPage } from './check-page.mjs';
import { PASSWORD, asAdmin, createUser, go, heading, openAs, openPage, requireSilence } from './harness.mjs';

after(requireSilence);

async function makeKeys(id) {
  const keys = [
    { name: 'nightly backup', scopes: ['users:read', 'audit:read'], expireTime: '2099-01-31T00:00:00Z' },
    { name: 'portal of the members of the northern district', scopes: ['verify', 'users:read', 'users:write', 'audit:read'] },
  ];
  for (const keyInfo of keys) await asAdmin('POST', `/users/${id}/keys`, { keyInfo });
}

// Requires that a field shows all of its value.
async function requireShown(field) {
  const hidden = await field.evaluate((shown) =>
    Math.max(shown.scrollWidth - shown.clientWidth, shown.scrollHeight - shown.clientHeight));
  assert.ok(hidden <= 0, `${hidden} px of the value are hidden`);
}

for (const width of [375, 1280]) {
  const options = { viewport: { width, height: 800 } };

  test(`axe-core finds nothing in keys at ${width} px`, async () => {
    const { id } = await createUser(`holder-${width}`);
    await makeKeys(id);
    const page = await openAs(`holder-${width}`, '', options);
    await page.getByText('nightly backup', { exact: true }).waitFor();
    await checkPage(page, 'me-keys');
    await page.getByRole('button', { name: 'New key' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('verify').uncheck();
    await dialog.getByRole('button', { name: 'Make key' }).click();
    await dialog.getByText('must be at least one scope').waitFor();
    await checkPage(page, 'new-key');
    await dialog.getByLabel('verify').check();
    await dialog.getByLabel('Name', { exact: true }).fill('portal');
    await dialog.getByLabel('Your current password', { exact: true }).fill(PASSWORD);
    await dialog.getByRole('button', { name: 'Make key' }).click();
    await page.getByRole('dialog', { name: 'API key made' }).waitFor();
    await requireShown(page.getByLabel('Key', { exact: true }));
    await checkPage(page, 'key-made');
    await page.close();
  });

  test(`axe-core finds nothing in a user with keys at ${width} px`, async () => {
    const { id } = await createUser(`reset-${width}`);
    await makeKeys(id);
    const page = await openAs('admin', `#/users/${id}`, options);
    await page.getByText('nightly backup', { exact: true }).first().waitFor();
    await page.getByRole('region', { name: 'Audit log' }).getByText('API key made').first().waitFor();
    await checkPage(page, 'user-keys');
    await page.getByRole('button', { name: 'Reset code' }).click();
    await page.getByRole('dialog').waitFor();
    await checkPage(page, 'reset-code');
    await page.getByRole('button', { name: 'Make code' }).click();
    await page.getByText('Give the code to the user').waitFor();
    await requireShown(page.getByRole('dialog').getByLabel('Reset code', { exact: true }));
    await checkPage(page, 'reset-code-made');
    await page.getByRole('button', { name: 'I have copied it' }).click();
    await go(page, `#/audit?userId=${id}&actorId=1&since=2026-01-01T00:00:00Z&until=2099-01-01T00:00:00Z`);
    await heading(page, 'Audit log').waitFor();
    await page.getByText('4 entries on this page').waitFor();
    await checkPage(page, 'audit-filtered');
    await page.close();
  });

  test(`axe-core finds nothing in a redemption at ${width} px`, async () => {
    const { id } = await createUser(`redeemer-${width}`);
    const { code } = (await asAdmin('POST', `/users/${id}/reset-codes`)).body.resetCode;
    const page = await openPage('#/reset', options);
    const redeem = async (typed, password) => {
      await page.getByLabel('Reset code', { exact: true }).fill(typed);
      await page.getByLabel('New password', { exact: true }).fill(password);
      await page.getByRole('button', { name: 'Set password' }).click();
    };
    await redeem(code, 'short');
    await page.locator('[aria-invalid=true]').waitFor();
    await requireShown(page.getByLabel('Reset code', { exact: true }));
    await checkPage(page, 'reset');
    await redeem('7K3M-Q0ZT-V9XD-2HWB-E5RJ-8NCP-Y1GA', PASSWORD);
    await page.getByText('The reset code is unknown').waitFor();
    await checkPage(page, 'reset-unknown');
    await redeem(code, 'another fine password');
    await page.getByText('The password is set.').waitFor();
    await checkPage(page, 'reset-done');
    await page.close();
  });
}
