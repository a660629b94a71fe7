// Sessions are told apart by when they began, when they were used and from where.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { PASSWORD, asAdmin, createUser, heading, openAs, requireCount, requireSilence } from './harness.mjs';

after(requireSilence);

const rows = (page) => page.getByRole('region', { name: 'Sessions' }).locator('tbody tr:not(.skeleton)');

test('sessions of one address differ by their seconds', async () => {
  const { id } = await createUser('two-devices');
  const laptop = await openAs('two-devices');
  await new Promise((resolve) => setTimeout(resolve, 1100));
  const phone = await openAs('two-devices');
  const page = await openAs('admin', `#/users/${id}`);
  await requireCount(rows(page), 2);
  const began = await rows(page).locator('td:first-child time').allInnerTexts();
  assert.match(began[0], /:\d\d:\d\d/);
  assert.ok(began[0] !== began[1], began.join(' '));
  // Those that were used in the same minute stand in the order of their age, the newest first.
  await page.getByRole('button', { name: `End the session from 127.0.0.1 that began ${began[1]}` }).click();
  await page.getByText('Ended the session.').waitFor();
  await requireCount(rows(page), 1);
  await laptop.getByLabel('Email address').fill('lost@example.com');
  await laptop.getByRole('button', { name: 'Save', exact: true }).click();
  await laptop.getByRole('dialog', { name: 'Your session has ended' }).waitFor();
  await phone.getByLabel('Email address').fill('kept@example.com');
  await phone.getByRole('button', { name: 'Save', exact: true }).click();
  await phone.getByText('Saved two-devices.').waitFor();
  for (const one of [laptop, phone, page]) await one.close();
});

test('an ended session is at once in the entries of the page', async () => {
  const { id } = await createUser('ending');
  const body = { credentials: { name: 'ending', password: PASSWORD } };
  assert.equal((await asAdmin('POST', '/tokens', body)).status, 201);
  const page = await openAs('admin', `#/users/${id}`);
  const entries = page.getByRole('region', { name: 'Audit log' });
  await entries.getByText('Session begun').waitFor();
  await page.getByRole('button', { name: /^End the session/ }).click();
  await entries.getByText('Session ended').waitFor();
  await page.close();
});

test('the session of this page comes first and has no End', async () => {
  await createUser('present');
  const [first, page] = [await openAs('present'), await openAs('present')];
  await heading(page, 'My account').waitFor();
  await requireCount(rows(page), 2);
  await rows(page).first().getByText('This page', { exact: true }).waitFor();
  await rows(page).first().getByText('just now', { exact: true }).first().waitFor();
  await requireCount(rows(page).first().getByRole('button'), 0);
  await requireCount(rows(page).nth(1).getByRole('button'), 1);
  await first.close();
  await page.close();
});

test('a time is given as minutes, hours and days ago', async () => {
  const page = await openAs('admin', '#/me');
  const words = await page.evaluate(async () => {
    const { text } = await import('./text.js');
    return [-5, 20, 180, 5400, 7200, 86_400, 259_200].map(text.ago);
  });
  assert.deepEqual(words, ['just now', 'just now', '3 minutes ago', '2 hours ago', '2 hours ago', '24 hours ago', '3 days ago']);
  await page.close();
});
