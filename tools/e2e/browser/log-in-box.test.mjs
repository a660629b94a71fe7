// The log-in box: what it says, and where the focus is.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { PASSWORD, asAdmin, execute, load, page } from './harness.mjs';

let box, message;
before(async () => {
  await load();
  box = page.getByRole('region', { name: 'Session' });
  message = box.getByRole('status');
});

const isFocused = (element) => element.evaluate((node) => node === document.activeElement);

async function logIn(password = PASSWORD) {
  await box.getByLabel('Name').fill('admin');
  await box.getByLabel('Password').fill(password);
  await page.keyboard.press('Enter');
}

test('a failed log-in keeps the name and the focus, and says why', async () => {
  const first = await message.elementHandle();
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const texts = await page.evaluateHandle((node) => {
      const seen = [];
      new MutationObserver(() => seen.push(node.textContent)).observe(node, { childList: true });
      return seen;
    }, first);
    await logIn('wrong');
    await message.getByText('Credentials are missing or wrong').waitFor();
    assert.equal(await box.getByLabel('Name').inputValue(), 'admin');
    assert.equal(await box.getByLabel('Password').inputValue(), '');
    assert.ok(await isFocused(box.getByLabel('Password')));
    assert.match(await message.getAttribute('class'), /is-error/);
    // The element is the same, so that screen readers announce its text, the second time as well.
    assert.ok(await first.evaluate((node) => node.isConnected));
    assert.equal((await texts.jsonValue()).at(-1), 'Credentials are missing or wrong');
  }
});

test('the focus goes with a log-in and a log-out', async () => {
  await logIn();
  await message.getByText('Logged in as admin.').waitFor();
  assert.doesNotMatch((await message.getAttribute('class')) ?? '', /is-error/);
  const logOut = box.getByRole('button', { name: 'Log out' });
  assert.ok(await isFocused(logOut));
  await page.keyboard.press('Enter');
  await message.getByText('Logged out.').waitFor();
  assert.ok(await isFocused(box.getByLabel('Name')));
});

test('a session that ended elsewhere is dropped with the next answer', async () => {
  await logIn();
  await box.getByText('Requests are signed as admin').waitFor();
  assert.equal((await execute('listPortalUsers')).status, 200);
  assert.equal((await asAdmin('DELETE', '/users/1/sessions')).status(), 204);
  assert.equal((await execute('listPortalUsers')).status, 401);
  await message.getByText('The session has ended. Log in again.').waitFor();
  assert.match(await message.getAttribute('class'), /is-error/);
  await box.getByLabel('Name').waitFor();
  // The focus is left with what the person does.
  assert.ok(!(await box.evaluate((section) => section.contains(document.activeElement))));
  // Nothing is signed from here on.
  const sent = page.waitForRequest((request) => request.url().endsWith('/api/v1/users'));
  await execute('listPortalUsers');
  assert.equal((await sent).headers().signature, undefined);
});

test('a clock that is wrong does not end the session', async () => {
  await logIn();
  await box.getByText('Requests are signed as admin').waitFor();
  await page.evaluate(() => {
    const now = Date.prototype.toISOString;
    Date.prototype.toISOString = function late() {
      return now.call(new Date(this.getTime() - 3600000));
    };
    window.restoreClock = () => {
      Date.prototype.toISOString = now;
    };
  });
  const refused = await execute('listPortalUsers');
  assert.equal(refused.status, 401);
  assert.match(refused.body, /timestamp/);
  assert.ok(await box.getByText('Requests are signed as admin').isVisible());
  await page.evaluate(() => window.restoreClock());
  assert.equal((await execute('listPortalUsers')).status, 200);
});
