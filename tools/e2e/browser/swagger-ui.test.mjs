// Swagger UI as a person uses it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  PASSWORD, authorize, complaints, execute, keepScreenshot, opened, origin, page, requireCount, strangers,
} from './harness.mjs';

test('the front page shows both sets and the log-in', async () => {
  await page.goto(origin);
  await page.locator('.opblock').first().waitFor();
  assert.equal(new URL(page.url()).pathname, '/swagger-ui/');
  const { paths, tags } = await (await page.request.get(`${origin}/openapi.json`)).json();
  const operations = Object.values(paths).flatMap((path) => Object.values(path));
  for (const set of ['portal', 'directory', 'tokens', 'resets', 'verification', 'audit']) {
    const group = page.locator('.opblock-tag-section', { has: page.locator(`[id="operations-tag-${set}"]`) });
    const ofSet = operations.filter(({ tags }) => tags?.includes(set));
    assert.ok(ofSet.length);
    await requireCount(group.locator('.opblock'), ofSet.length, set);
    const link = group.locator('.opblock-tag a');
    assert.equal(await link.innerText(), tags.find(({ name }) => name === set)['x-displayName']);
    assert.equal(await link.getAttribute('href'), `#/${set}`);
    assert.ok((await group.locator('.opblock-tag small').innerText()).trim());
  }
  const all = operations.filter(({ operationId }) => operationId);
  await requireCount(page.locator('.opblock'), all.length, 'all operations');
  await keepScreenshot('overview');
});

test('a link to an operation opens it below the title of its tag', async () => {
  await page.goto(`${origin}/swagger-ui/#/directory/getUser`);
  await page.reload();
  await page.locator('[id="operations-directory-getUser"] button.execute').waitFor();
  assert.equal(new URL(page.url()).hash, '#/directory/getUser');
});

test('a change on the page makes no sample of a parameter', async () => {
  const block = await opened('listUsers');
  // A sample that matches a pattern is made of hundreds of random numbers.
  await page.evaluate(() => {
    const { random } = Math;
    window.randomNumbers = 0;
    Math.random = () => {
      window.randomNumbers += 1;
      return random();
    };
  });
  await block.locator('tr[data-param-name="namePrefix"] input').fill('a');
  await block.locator('button.execute').click();
  await block.locator('.live-responses-table tbody tr.response').waitFor();
  const count = await page.evaluate(() => window.randomNumbers);
  assert.ok(count < 100, `${count} random numbers`);
  await page.reload();
});

test('the page says what credentials are and fills in the source documents\' examples', async () => {
  await page.locator('.auth-wrapper .authorize').click();
  const dialog = page.locator('.modal-ux');
  await dialog.getByText('The name and password of a user').first().waitFor();
  await dialog.locator('.btn-done').first().click();
  const block = await opened('createUser');
  const example = JSON.parse(await block.locator('textarea.body-param__text').inputValue());
  assert.equal(example.userInfo.plaintextPassword, 'newUserPassw0rd!');
  await keepScreenshot('create-user');
});

test('a link names its operation without code marks', async () => {
  const block = await opened('createUser');
  const link = block.locator('.operation-link', { hasText: 'updateUser' });
  const text = await link.innerText();
  assert.match(text, /Changes the new user at this version\.\s+Operation updateUser\s+Parameters \{/);
  assert.doesNotMatch(text, /`/);
});

test('the page may run nothing but its own files', async () => {
  const answer = await page.request.get(`${origin}/swagger-ui/`);
  assert.match(answer.headers()['content-security-policy'], /script-src 'self';/);
  assert.deepEqual(complaints, []);
  const wasRun = await page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'window.wasRun = true';
    document.body.append(script);
    return window.wasRun ?? false;
  });
  assert.equal(wasRun, false);
  const [complaint, ...others] = complaints.splice(0);
  assert.match(complaint, /Content Security Policy/);
  assert.deepEqual(others, []);
});

test('without credentials the refusal is shown and no dialog hangs the page', async () => {
  assert.equal((await execute('listUsers')).status, 401);
  await authorize('admin', 'wrong');
  assert.equal((await execute('listUsers')).status, 401);
});

test('with Basic credentials every operation can be tried out', async () => {
  await authorize('admin', PASSWORD);
  const made = await execute('createUser');
  assert.equal(made.status, 201);
  assert.match(made.body, /"name": "new-user"/);
  assert.equal((await execute('getUser', { userId: '2' })).status, 200);
  const change = { userInfo: { name: 'renamed', status: 'DISABLED' } };
  const stale = await execute('updateUser', { userId: '2', 'If-Match': '7' }, change);
  assert.equal(stale.status, 412);
  const changed = await execute('updateUser', { userId: '2', 'If-Match': '0' }, change);
  assert.equal(changed.status, 200);
  assert.match(changed.body, /"version": 1/);
  assert.match((await execute('listUsers')).body, /renamed/);
  assert.match((await execute('listAuditEntries')).body, /USER_CHANGED/);

  assert.equal((await execute('createPortalUser', { user: 'alice' })).status, 201);
  const again = await execute('createPortalUser', { user: 'alice' });
  assert.equal(again.status, 409);
  assert.match(again.body, /"Username already existed"/);
  const passwords = { value: { current_password: 'correct horse battery staple', password: 'another fine password' } };
  const updated = await execute('updatePortalUserPassword', { user: 'alice' }, passwords);
  assert.equal(updated.status, 200);
  assert.equal((await execute('getPortalUser', { user: 'alice' })).status, 200);
  assert.match((await execute('listPortalUsers')).body, /alice/);
  assert.equal((await execute('deletePortalUser', { user: 'alice' })).status, 204);
  assert.equal((await execute('getPortalUser', { user: 'alice' })).status, 404);
});

test('after a log-in requests are signed, and carry no password', async () => {
  // The document's Basic authorization is still set; the session takes precedence.
  const box = page.getByRole('region', { name: 'Session' });
  await box.getByLabel('Name').fill('admin');
  await box.getByLabel('Password').fill('wrong');
  await box.getByRole('button', { name: 'Log in' }).click();
  await box.getByRole('status').getByText('Credentials are missing or wrong').waitFor();
  await box.getByLabel('Password').fill(PASSWORD);
  await box.getByRole('button', { name: 'Log in' }).click();
  await box.getByText('Requests are signed as admin').waitFor();

  const sent = [];
  const note = (request) => {
    // The page's own files, which it may load at any time, need no signature.
    const isOfPage = new URL(request.url()).pathname.startsWith('/swagger-ui/');
    if (!isOfPage) sent.push(request.headers());
  };
  page.on('request', note);
  assert.equal((await execute('listUsers')).status, 200);
  const change = { userInfo: { name: 'Zoë', status: 'ENABLED' } };
  assert.equal((await execute('updateUser', { userId: '2', 'If-Match': '' }, change)).status, 200);
  assert.equal((await execute('getPortalUser', { user: 'zoë' })).status, 200);
  const passwords = { value: { password: 'another fine password ☃' } };
  assert.equal((await execute('updatePortalUserPassword', { user: 'zoë' }, passwords)).status, 200);
  assert.equal((await execute('listSessions', { userId: '1' })).status, 200);
  const absent = { userId: '1', sessionId: '6712054093185527' };
  assert.equal((await execute('deleteSession', absent)).status, 404);
  assert.equal((await execute('deleteSessions', { userId: '2' })).status, 204);
  assert.equal((await execute('deletePortalUser', { user: 'zoë' })).status, 204);
  page.off('request', note);
  assert.equal(sent.length, 8);
  for (const headers of sent) {
    assert.ok(headers.sessionkey && headers.timestamp && headers.signature);
    assert.equal(headers.authorization, undefined);
  }

  await box.getByRole('button', { name: 'Log out' }).click();
  await box.getByRole('button', { name: 'Log in' }).waitFor();
  const [{ sessionkey }] = sent;
  const ended = await execute('deleteSessionToken', { sessionKey: sessionkey });
  assert.equal(ended.status, 404);
});

test('the page complains of nothing and loads nothing from elsewhere', () => {
  assert.deepEqual(complaints, []);
  assert.deepEqual(strangers, []);
});
