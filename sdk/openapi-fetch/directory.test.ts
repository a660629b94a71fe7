/** The directory set through openapi-fetch, with the types of the document. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { UserChangeInfo } from "./rollcall.js";
import { admin, anonymous, answer, basic, password, problem, register, registration } from "./support.js";

const read = (userId: number, header: { "If-None-Match"?: string } = {}, server = admin) =>
  server.GET("/users/{userId}", { params: { path: { userId }, header } });

const change = (userId: number, userInfo: UserChangeInfo, header: { "If-Match"?: string } = {}) =>
  admin.PATCH("/users/{userId}", { params: { path: { userId }, header }, body: { userInfo } });

test("anyone registers", async () => {
  const body = registration("Ada");
  const made = await anonymous.POST("/users", { body });
  const { id, createTime, ...others } = answer(made, 201).user;
  const { name, email } = body.userInfo;
  assert.deepEqual(others, { version: 0, name, email, status: "ENABLED", roles: [] });
  assert.ok(Math.abs(Date.now() - Date.parse(createTime)) < 300_000);
  assert.equal(made.response.headers.get("Location"), `users/${id}`);
  assert.equal(made.response.headers.get("ETag"), '"0"');
});

test("an admin lists users", async () => {
  const user = await register("Listed");
  const { users } = answer(await admin.GET("/users"), 200).userList;
  const { id, name, email, roles } = users[0] ?? assert.fail("there are no users");
  assert.deepEqual({ id, name, email, roles }, { id: 1, name: "admin", email: null, roles: [{ name: "admin" }] });
  assert.deepEqual(users.filter(({ id }) => id === user.id), [user]);
});

test("a user is read again only when it has changed", async () => {
  const user = await register("Cached");
  const first = await read(user.id);
  assert.deepEqual(answer(first, 200).user, user);
  const tag = { "If-None-Match": first.response.headers.get("ETag") ?? assert.fail("there is no ETag") };
  const unchanged = await read(user.id, tag);
  assert.equal(answer(unchanged, 304), undefined);
  assert.equal(unchanged.response.headers.get("ETag"), '"0"');
  answer(await change(user.id, { status: "DISABLED" }), 200);
  assert.deepEqual(answer(await read(user.id, tag), 200).user, { ...user, version: 1, status: "DISABLED" });
});

test("a change is made only to the version that was read", async () => {
  const user = await register("Guarded");
  const first = await read(user.id);
  const tag = { "If-Match": first.response.headers.get("ETag") ?? assert.fail("there is no ETag") };
  const info = { name: "Renamed", email: "", roles: [{ name: "admin" }] };
  const changed = await change(user.id, info, tag);
  const expected = { ...user, ...info, email: null, version: 1 };
  assert.deepEqual(answer(changed, 200).user, expected);
  assert.equal(changed.response.headers.get("ETag"), '"1"');
  problem(await change(user.id, { name: "Lost" }, tag), 412, "urn:rollcall:problem:version-mismatch");
  assert.deepEqual(answer(await read(user.id), 200).user, expected);
});

test("a refusal names the field", async () => {
  const call = await anonymous.POST("/users", { body: registration("Weak", "password1") });
  const refused = problem(call, 400, "urn:rollcall:problem:invalid-fields");
  const message = "must not be one of the most common passwords";
  assert.deepEqual(refused.errors, [{ field: "userInfo.plaintextPassword", message }]);
});

test("a name is taken once", async () => {
  await register("Taken");
  const call = await anonymous.POST("/users", { body: registration("tAKEN") });
  problem(call, 409, "urn:rollcall:problem:name-taken");
});

test("a wrong password is refused", async () => {
  const user = await register("Löcked");
  const call = await read(user.id, {}, basic("Löcked", "a wrong password"));
  problem(call, 401, "urn:rollcall:problem:unauthenticated");
  assert.match(call.response.headers.get("WWW-Authenticate") ?? "", /^Basic /);
  assert.deepEqual(answer(await read(user.id, {}, basic("Löcked", password)), 200).user, user);
});

test("a deleted user is gone", async () => {
  const user = await register("Gone");
  answer(await admin.DELETE("/api/v1/users/{user}", { params: { path: { user: "Gone" } } }), 204);
  problem(await read(user.id), 404, "urn:rollcall:problem:not-found");
});
