/** Sessions through openapi-fetch, whose requests the helper of the TypeScript client signs. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { SessionToken } from "./rollcall.js";
import { signingFetch } from "./signing.js";
import { anonymous, answer, by, password, problem, register, type Rollcall } from "./support.js";

async function logIn(name: string, password: string): Promise<SessionToken> {
  const body = { credentials: { name, password } };
  return answer(await anonymous.POST("/tokens", { body }), 201).sessionToken;
}

const read = (server: Rollcall, userId: number) =>
  server.GET("/users/{userId}", { params: { path: { userId } } });

test("requests of both sets are signed", async () => {
  const user = await register("Zoë");
  const session = await logIn("Zoë", password);
  assert.deepEqual([session.userId, session.admin], [user.id, false]);
  const server = by(signingFetch(session));

  const first = await read(server, user.id);
  assert.deepEqual(answer(first, 200).user, user);
  const tag = first.response.headers.get("ETag") ?? assert.fail("there is no ETag");
  const zoe = await server.GET("/api/v1/users/{user}", { params: { path: { user: "Zoë" } } });
  assert.equal(answer(zoe, 200).username, "Zoë");
  const changed = await server.PATCH("/users/{userId}", {
    params: { path: { userId: user.id }, header: { "If-Match": tag } },
    body: { userInfo: { name: "Zoé" } },
  });
  assert.deepEqual(answer(changed, 200).user, { ...user, name: "Zoé", version: 1 });

  const value = { current_password: password, password: "ein größeres Schloß" };
  const updated = await server.PATCH("/api/v1/users/{user}", {
    params: { path: { user: "Zoé" } },
    body: { value },
  });
  assert.equal(answer(updated, 200).value.username, "Zoé");
  // The sessions of the old password are over.
  problem(await read(server, user.id), 401, "urn:rollcall:problem:unauthenticated");
  assert.equal((await logIn("Zoé", value.password)).userId, user.id);
});

test("equal requests are taken at once", async () => {
  const user = await register("Again");
  const server = by(signingFetch(await logIn("Again", password)));
  const params = { path: { userId: user.id } };
  const body = { userInfo: { name: "Again" } };
  const calls = Array.from({ length: 50 }, () => server.PATCH("/users/{userId}", { params, body }));
  const versions = (await Promise.all(calls)).map((call) => answer(call, 200).user.version);
  assert.deepEqual(versions, Array(50).fill(0));
});

test("a page is signed with its query", async () => {
  await register("Pagé");
  const server = by(signingFetch(await logIn("admin", process.env["ROLLCALL_PASSWORD"] ?? "")));
  const query = { limit: 1, namePrefix: "pagé", sort: "name" } as const;
  const { userList } = answer(await server.GET("/users", { params: { query } }), 200);
  assert.deepEqual(userList.users.map(({ name }) => name), ["Pagé"]);
});

test("a session that is over signs nothing", async () => {
  const user = await register("Leaving");
  const session = await logIn("Leaving", password);
  const server = by(signingFetch(session));
  const params = { path: { sessionKey: session.key } };
  answer(await server.DELETE("/tokens/{sessionKey}", { params }), 204);
  problem(await read(server, user.id), 401, "urn:rollcall:problem:unauthenticated");
});

test("another signing host is refused", async () => {
  const user = await register("Elsewhere");
  const server = by(signingFetch(await logIn("Elsewhere", password), "example.com"));
  problem(await read(server, user.id), 401, "urn:rollcall:problem:unauthenticated");
});
