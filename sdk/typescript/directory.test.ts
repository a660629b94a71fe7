/** The directory set through the generated client. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { DirectoryApi, PortalApi, type UserChangeInfo } from "rollcall-client";
import { admin, anonymous, basic, password, problem, refusal, register, registration } from "./support.js";

const directory = new DirectoryApi(admin);

const change = (userId: number, userInfo: UserChangeInfo, ifMatch?: string) =>
  directory.updateUserRaw({ userId, userChange: { userInfo }, ifMatch });

test("anyone registers", async () => {
  const userRegistration = registration("Ada");
  const made = await new DirectoryApi(anonymous).createUserRaw({ userRegistration });
  const { id, createTime, ...others } = (await made.value()).user;
  const { name, email } = userRegistration.userInfo;
  assert.deepEqual(others, { version: 0, name, email, status: "ENABLED", roles: [] });
  assert.ok(Math.abs(Date.now() - createTime.getTime()) < 300_000);
  assert.equal(made.raw.status, 201);
  assert.equal(made.raw.headers.get("Location"), `users/${id}`);
  assert.equal(made.raw.headers.get("ETag"), '"0"');
});

test("an admin lists users", async () => {
  const user = await register("Listed");
  const { users } = (await directory.listUsers()).userList;
  const { id, name, email, roles } = users[0] ?? assert.fail("there are no users");
  assert.deepEqual({ id, name, email, roles }, { id: 1, name: "admin", email: null, roles: [{ name: "admin" }] });
  assert.deepEqual(users.filter(({ id }) => id === user.id), [user]);
});

test("a user is read again only when it has changed", async () => {
  const user = await register("Cached");
  const read = await directory.getUserRaw({ userId: user.id });
  assert.deepEqual((await read.value()).user, user);
  const ifNoneMatch = read.raw.headers.get("ETag") ?? assert.fail("there is no ETag");
  const unchanged = await refusal(directory.getUser({ userId: user.id, ifNoneMatch }), 304);
  assert.equal(unchanged.headers.get("ETag"), '"0"');
  assert.equal(await unchanged.text(), "");
  await change(user.id, { status: "DISABLED" });
  const changed = await directory.getUser({ userId: user.id, ifNoneMatch });
  assert.deepEqual(changed.user, { ...user, version: 1, status: "DISABLED" });
});

test("a change is made only to the version that was read", async () => {
  const user = await register("Guarded");
  const read = await directory.getUserRaw({ userId: user.id });
  const tag = read.raw.headers.get("ETag") ?? assert.fail("there is no ETag");
  const info = { name: "Renamed", email: "", roles: [{ name: "admin" }] };
  const changed = await change(user.id, info, tag);
  const expected = { ...user, ...info, email: null, version: 1 };
  assert.deepEqual((await changed.value()).user, expected);
  assert.equal(changed.raw.headers.get("ETag"), '"1"');
  const stale = await problem(change(user.id, { name: "Lost" }, tag), 412);
  assert.equal(stale.type, "urn:rollcall:problem:version-mismatch");
  assert.deepEqual((await directory.getUser({ userId: user.id })).user, expected);
});

test("a refusal names the field", async () => {
  const userRegistration = registration("Weak", "password1");
  const refused = await problem(new DirectoryApi(anonymous).createUser({ userRegistration }), 400);
  assert.equal(refused.type, "urn:rollcall:problem:invalid-fields");
  const message = "must not be one of the most common passwords";
  assert.deepEqual(refused.errors, [{ field: "userInfo.plaintextPassword", message }]);
});

test("a name is taken once", async () => {
  await register("Taken");
  const userRegistration = registration("tAKEN");
  const refused = await problem(new DirectoryApi(anonymous).createUser({ userRegistration }), 409);
  assert.equal(refused.type, "urn:rollcall:problem:name-taken");
});

test("a wrong password is refused", async () => {
  const user = await register("Locked");
  const call = new DirectoryApi(basic("Locked", "a wrong password")).getUser({ userId: user.id });
  assert.equal((await problem(call, 401)).type, "urn:rollcall:problem:unauthenticated");
  const own = new DirectoryApi(basic("Locked", password));
  assert.deepEqual((await own.getUser({ userId: user.id })).user, user);
});

test("a deleted user is gone", async () => {
  const user = await register("Gone");
  await new PortalApi(admin).deletePortalUser({ user: "Gone" });
  const missing = await problem(directory.getUser({ userId: user.id }), 404);
  assert.equal(missing.type, "urn:rollcall:problem:not-found");
});
