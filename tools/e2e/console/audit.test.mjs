// The audit log, filtered by who acted, from when and until when.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { PASSWORD, asAdmin, createUser, go, heading, openAs, requireCount, requireSilence } from './harness.mjs';

const DAY_MS = 86_400_000;
// Five and a half hours ahead of UTC, all year.
const ZONE = { timezoneId: 'Asia/Kolkata' };
const AHEAD_MS = 5.5 * 3_600_000;

let page;
let deputy;

before(async () => {
  deputy = await createUser('deputy', { roles: [{ name: 'admin' }] });
  await changeRoleAs('deputy', 'target');
  page = await openAs('admin', '#/audit', ZONE);
  await heading(page, 'Audit log').waitFor();
});

after(requireSilence);

// Creates a reader, whom the admin of this name makes an auditor.
async function changeRoleAs(name, target) {
  const { id } = await createUser(target, { roles: [{ name: 'reader' }] });
  const credentials = Buffer.from(`${name}:${PASSWORD}`).toString('base64');
  const userInfo = { roles: [{ name: 'auditor' }] };
  const changed = await asAdmin('PATCH', `/users/${id}`, { userInfo }, { authorization: `Basic ${credentials}` });
  assert.equal(changed.status, 200, JSON.stringify(changed.body));
}

const entries = () => page.locator('table.audit tbody tr:not(.skeleton)');
const field = (label) => page.getByLabel(label, { exact: true });

// A time so many days from now, in the fields, and as the API takes it. It is no midnight.
function day(offset) {
  const local = new Date(Date.now() + offset * DAY_MS + AHEAD_MS).toISOString().slice(0, 10);
  return { local: [local, '11:45'], utc: new Date(`${local}T11:45:00+05:30`).toISOString() };
}

async function fillMoment(label, [date, time]) {
  await field(`${label}: day`).fill(date);
  await field(`${label}: time`).fill(time);
}

const momentOf = async (label) =>
  [await field(`${label}: day`).inputValue(), await field(`${label}: time`).inputValue()];

// Filters that apply replace the form, so text typed too early would be lost. The entries without a
// filter replace the answer to an earlier one.
async function apply(values) {
  await go(page, '#/audit');
  const clear = page.getByRole('button', { name: 'Clear filters' });
  if ((await clear.getAttribute('aria-disabled')) !== 'true') await clear.click();
  await page.locator('button[aria-disabled=true]', { hasText: 'Clear filters' }).waitFor();
  await entries().nth(3).waitFor();
  for (const [label, value] of Object.entries(values)) {
    if (['Action', 'Changed field'].includes(label)) await field(label).selectOption(value);
    else if (Array.isArray(value)) await fillMoment(label, value);
    else await field(label).fill(value);
  }
  await page.getByRole('button', { name: 'Apply' }).click();
}

const queryOf = () => new URLSearchParams(page.url().split('?')[1]);

test('the log is filtered by the field that changed', async () => {
  const { id } = await createUser('shifting', { status: 'DISABLED' });
  await asAdmin('PATCH', `/users/${id}`, { userInfo: { roles: [{ name: 'auditor' }] } });
  await apply({ 'User (name or id)': 'shifting', 'Changed field': 'Roles' });
  await page.getByText('1 entry on this page').waitFor();
  assert.match(await entries().innerText(), /Roles\s+none\s*→\s*auditor/);
  assert.equal(queryOf().get('changed'), 'roles');
  await field('Changed field').selectOption('Name');
  await page.getByRole('button', { name: 'Apply' }).click();
  await entries().getByText('User created').waitFor();
  await field('Changed field').selectOption('Password');
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.getByText('No entry matches.').waitFor();
});

test('the log tells who changed a role last week', async () => {
  const [from, until] = [day(-7), day(2)];
  await apply({ 'By (name or id)': 'deputy', Action: 'User changed', From: from.local, Until: until.local });
  await page.getByText('1 entry on this page').waitFor();
  await entries().getByText('deputy', { exact: true }).waitFor();
  await entries().getByText('target', { exact: true }).waitFor();
  assert.match(await entries().innerText(), /Roles\s+reader\s*→\s*auditor/);
  const query = queryOf();
  assert.deepEqual(
    ['actorId', 'action', 'since', 'until'].map((name) => query.get(name)),
    [String(deputy.id), 'USER_CHANGED', from.utc, until.utc],
  );
  assert.deepEqual(await momentOf('From'), from.local);
  assert.deepEqual(await momentOf('Until'), until.local);
});

test('entries of the time before and after the filter are left out', async () => {
  await apply({ 'User (name or id)': 'target', From: day(2).local });
  await page.getByText('No entry matches.').waitFor();
  await apply({ 'User (name or id)': 'target', Until: day(-2).local });
  await page.getByText('No entry matches.').waitFor();
  await apply({ 'User (name or id)': 'target', From: day(-2).local, Until: day(2).local });
  await page.getByText('3 entries on this page').waitFor();
  await requireCount(entries(), 3);
});

test('a link with filters shows its entries and its fields', async () => {
  const [since, until] = [day(-7), day(2)];
  await go(page, `#/audit?actorId=${deputy.id}&since=${since.utc}&until=${until.utc}`);
  await page.getByText('1 entry on this page').waitFor();
  assert.equal(await field('By (name or id)').inputValue(), String(deputy.id));
  assert.deepEqual(await momentOf('From'), since.local);
  assert.deepEqual(await momentOf('Until'), until.local);
});

test('a deleted admin is found by id, and not by name', async () => {
  const { id } = await createUser('departed', { roles: [{ name: 'admin' }] });
  await changeRoleAs('departed', 'survivor');
  assert.equal((await asAdmin('DELETE', '/api/v1/users/departed')).status, 204);
  await apply({ 'By (name or id)': 'departed' });
  await page.locator('.filters .error').getByText('No user is named departed. A deleted user is found by id.').waitFor();
  assert.equal(await field('By (name or id)').getAttribute('aria-invalid'), 'true');
  await apply({ 'By (name or id)': String(id) });
  await page.getByText('1 entry on this page').waitFor();
  await entries().getByText('survivor', { exact: true }).waitFor();
});

// The day of a time in the zone of the page.
const dayOf = (time) => new Date(time + AHEAD_MS).toISOString().slice(0, 10);

test('a day without a time counts as a whole day of the zone', async () => {
  await page.getByText('Times are those of').waitFor();
  assert.match(await page.locator('.zone').innerText(), /^Times are those of Asia\/\w+ \(UTC\+5:30\)\./);
  const today = dayOf(Date.now());
  await apply({ 'By (name or id)': 'deputy', From: [today, ''], Until: [today, ''] });
  await page.getByText('1 entry on this page').waitFor();
  const midnight = Date.parse(`${today}T00:00:00+05:30`);
  const query = queryOf();
  assert.deepEqual(
    [query.get('since'), query.get('until')],
    [new Date(midnight).toISOString(), new Date(midnight + DAY_MS).toISOString()],
  );
  assert.deepEqual([await momentOf('From'), await momentOf('Until')], [[today, ''], [today, '']]);
});

test('a link with seconds keeps them when another filter changes', async () => {
  await go(page, `#/audit?since=2026-01-01T10:00:17.250Z&actorId=${deputy.id}`);
  await page.getByText('1 entry on this page').waitFor();
  assert.deepEqual(await momentOf('From'), ['2026-01-01', '15:30:17']);
  await field('Action').selectOption('User changed');
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.waitForURL(/USER_CHANGED/);
  assert.equal(queryOf().get('since'), '2026-01-01T10:00:17.250Z');
});

test('all that is wrong with the filters is marked at once', async () => {
  await apply({ 'User (name or id)': 'missing', 'By (name or id)': 'a b' });
  const errors = page.locator('.filters .error');
  await requireCount(errors, 2);
  assert.match(await errors.nth(0).innerText(), /^No user is named missing\./);
  assert.match(await errors.nth(1).innerText(), /^must /);
  await page.locator('input[name=userId]:focus').waitFor();
});

test('half a day, a time alone and a span backwards are named', async () => {
  const told = (words) => page.locator('.filters .moment .error').getByText(words, { exact: true }).waitFor();
  await apply({});
  await field('From: day').focus();
  await page.keyboard.type('1');
  await field('Until: time').fill('10:30');
  await page.getByRole('button', { name: 'Apply' }).click();
  await told('must be a whole day that exists, or empty');
  await told('must have a day with the time');
  await apply({ From: ['2026-02-02', ''], Until: ['2026-02-01', ''] });
  await told('must be after From');
  assert.equal(queryOf().get('since'), null);
  assert.deepEqual(await momentOf('From'), ['2026-02-02', '']);
});

test('filters that were refused can be cleared', async () => {
  await apply({ 'User (name or id)': 'missing' });
  await page.locator('input[name=userId][aria-invalid=true]').waitFor();
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await page.locator('input[name=userId][aria-invalid=true]').waitFor({ state: 'detached' });
  assert.equal(await page.locator('input[name=userId]').inputValue(), '');
});

test('a wrong filter of a link is named beside its field', async () => {
  await go(page, '#/audit?userId=nonsense');
  await page.locator('.filters .error').getByText(/^must be a whole number/).waitFor();
  assert.equal(await field('User (name or id)').inputValue(), 'nonsense');
  await page.getByText('0 entries on this page').waitFor();
});
