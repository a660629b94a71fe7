// A secret that is shown once stays until the person has copied it.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { prepare, violations } from '../browser/axe.mjs';
import { PASSWORD, createUser, go, heading, openAs, requireSilence } from './harness.mjs';

let page;

before(async () => {
  page = await openAs('admin');
});

after(requireSilence);

const question = () => page.getByRole('dialog', { name: 'Close without a copy?' });
const press = (name) => page.getByRole('button', { name, exact: true }).click();

// Tries all that could close the dialog by mistake.
async function tryToLose(field) {
  const secret = await field.inputValue();
  for (let pressed = 0; pressed < 4; pressed++) {
    await page.keyboard.press('Escape');
    await question().waitFor({ state: pressed % 2 ? 'detached' : 'visible' });
  }
  await page.mouse.click(5, 5);
  assert.equal(await field.inputValue(), secret);
  await page.evaluate(() => history.back());
  await question().waitFor();
  await prepare(page);
  assert.deepEqual(await violations(page), []);
  await press('Keep showing it');
  await question().waitFor({ state: 'detached' });
  assert.equal(await field.inputValue(), secret);
}

const cases = {
  key: async (dialog) => {
    await press('New key');
    await dialog.getByLabel('Name', { exact: true }).fill('backup');
    await dialog.getByLabel('Your current password', { exact: true }).fill(PASSWORD);
    await press('Make key');
    return page.getByLabel('Key', { exact: true });
  },
  code: async () => {
    await press('Reset code');
    await press('Make code');
    return page.getByRole('dialog').getByLabel('Reset code', { exact: true });
  },
};

for (const [kind, make] of Object.entries(cases)) {
  test(`a ${kind} stays until it is copied or given up`, async () => {
    const { id } = await createUser(`${kind}-holder`);
    await go(page, '#/audit');
    await heading(page, 'Audit log').waitFor();
    await go(page, `#/users/${id}`);
    await heading(page, `${kind}-holder`).waitFor();
    const field = await make(page.getByRole('dialog'));
    await field.waitFor();
    await tryToLose(field);
    await press('I have copied it');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await make(page.getByRole('dialog'));
    await field.waitFor();
    await page.keyboard.press('Escape');
    await question().getByRole('button', { name: 'Close' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await heading(page, `${kind}-holder`).waitFor();
  });
}
