/** The portal set through the generated client. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { PortalApi } from "rollcall-client";
import { admin, basic, password, words } from "./support.js";

const portal = new PortalApi(admin);

const create = (user: string, chosen = password) =>
  portal.createPortalUserRaw({ user, portalUserCreate: { value: { password: chosen } } });

test("an admin creates, reads, lists and deletes a user", async () => {
  const alice = { username: "alice", admin: false };
  const made = await create("alice");
  assert.equal(made.raw.status, 201);
  assert.deepEqual(await made.value(), { value: alice });
  assert.deepEqual(await portal.getPortalUser({ user: "alice" }), alice);
  const users = (await portal.listPortalUsers()).value;
  assert.deepEqual(users.filter(({ username }) => ["admin", "alice"].includes(username)), [
    { username: "admin", admin: true },
    alice,
  ]);
  const deleted = await portal.deletePortalUserRaw({ user: "alice" });
  assert.equal(deleted.raw.status, 204);
  assert.equal(await words(portal.getPortalUser({ user: "alice" }), 404), "There is no such user");
});

test("a name is taken once", async () => {
  await create("bob");
  assert.equal(await words(create("BOB"), 409), "Username already existed");
});

test("a refusal names the field", async () => {
  assert.equal(
    await words(create("weak", "password1"), 400),
    "Key: 'UserPasswordRequest.Value.Password' " +
      "Error:Field validation for 'Password' failed on the 'common' tag",
  );
});

test("a user changes the password", async () => {
  await create("carl");
  const chosen = "another horse battery";
  const change = (currentPassword: string) =>
    new PortalApi(basic("carl", password)).updatePortalUserPassword({
      user: "carl",
      portalPasswordChange: { value: { currentPassword, password: chosen } },
    });
  assert.equal(await words(change("a wrong password"), 403), "Current password does not match");
  assert.deepEqual(await change(password), { value: { username: "carl", admin: false } });
  const read = (password: string) => new PortalApi(basic("carl", password)).getPortalUser({ user: "carl" });
  assert.equal(await words(read(password), 401), "Credentials are missing or wrong");
  assert.deepEqual(await read(chosen), { username: "carl", admin: false });
});
