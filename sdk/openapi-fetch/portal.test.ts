/** The portal set through openapi-fetch, with the types of the document. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { admin, answer, basic, password } from "./support.js";

const path = "/api/v1/users/{user}";

const create = (user: string, chosen = password) =>
  admin.PUT(path, { params: { path: { user } }, body: { value: { password: chosen } } });

const read = (user: string, server = admin) => server.GET(path, { params: { path: { user } } });

/** Checks the words that a call was refused with. */
function refused(call: { error?: string; response: Response }, status: number, words: string): void {
  assert.deepEqual([call.response.status, call.error], [status, words]);
}

test("an admin creates, reads, lists and deletes a user", async () => {
  const alice = { username: "alice", admin: false };
  assert.deepEqual(answer(await create("alice"), 201), { value: alice });
  assert.deepEqual(answer(await read("alice"), 200), alice);
  const users = answer(await admin.GET("/api/v1/users"), 200).value;
  assert.deepEqual(users.filter(({ username }) => ["admin", "alice"].includes(username)), [
    { username: "admin", admin: true },
    alice,
  ]);
  answer(await admin.DELETE(path, { params: { path: { user: "alice" } } }), 204);
  refused(await read("alice"), 404, "There is no such user");
});

test("a name is taken once", async () => {
  answer(await create("bob"), 201);
  refused(await create("BOB"), 409, "Username already existed");
});

test("a refusal names the field", async () => {
  const words =
    "Key: 'UserPasswordRequest.Value.Password' " +
    "Error:Field validation for 'Password' failed on the 'common' tag";
  refused(await create("weak", "password1"), 400, words);
});

test("a user changes the password", async () => {
  answer(await create("carl"), 201);
  const chosen = "another horse battery";
  const change = (current_password: string) =>
    basic("carl", password).PATCH(path, {
      params: { path: { user: "carl" } },
      body: { value: { current_password, password: chosen } },
    });
  refused(await change("a wrong password"), 403, "Current password does not match");
  const carl = { username: "carl", admin: false };
  assert.deepEqual(answer(await change(password), 200), { value: carl });
  refused(await read("carl", basic("carl", password)), 401, "Credentials are missing or wrong");
  assert.deepEqual(answer(await read("carl", basic("carl", chosen)), 200), carl);
});
