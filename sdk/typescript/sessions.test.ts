/** Sessions through the generated client, whose requests the helper signs. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { DirectoryApi, PortalApi, TokensApi, type SessionToken } from "rollcall-client";
import { signingFetch } from "./signing.js";
import { anonymous, by, password, problem, refusal, register } from "./support.js";

async function logIn(name: string, password: string): Promise<SessionToken> {
  const sessionTokenRequest = { credentials: { name, password } };
  return (await new TokensApi(anonymous).createSessionToken({ sessionTokenRequest })).sessionToken;
}

test("requests of both sets are signed", async () => {
  const user = await register("Zoë");
  const session = await logIn("Zoë", password);
  assert.deepEqual([session.userId, session.admin], [user.id, false]);
  const server = by(signingFetch(session));
  const [directory, portal] = [new DirectoryApi(server), new PortalApi(server)];

  const read = await directory.getUserRaw({ userId: user.id });
  assert.deepEqual((await read.value()).user, user);
  assert.equal((await portal.getPortalUser({ user: "Zoë" })).username, "Zoë");
  const userChange = { userInfo: { name: "Zoé" } };
  const ifMatch = read.raw.headers.get("ETag") ?? assert.fail("there is no ETag");
  const changed = await directory.updateUser({ userId: user.id, userChange, ifMatch });
  assert.deepEqual(changed.user, { ...user, name: "Zoé", version: 1 });

  const value = { currentPassword: password, password: "ein größeres Schloß" };
  const updated = await portal.updatePortalUserPassword({ user: "Zoé", portalPasswordChange: { value } });
  assert.equal(updated.value.username, "Zoé");
  await refusal(directory.getUser({ userId: user.id }), 401); // The sessions of the old password are over.
  assert.equal((await logIn("Zoé", value.password)).userId, user.id);
});

test("equal requests are taken one after another and at once", async () => {
  const user = await register("Again");
  const directory = new DirectoryApi(by(signingFetch(await logIn("Again", password))));
  const userChange = { userInfo: { name: "Again" } };
  const calls = Array.from({ length: 50 }, () => directory.updateUser({ userId: user.id, userChange }));
  assert.deepEqual((await Promise.all(calls)).map(({ user }) => user.version), Array(50).fill(0));
});

test("a page is signed with its query", async () => {
  await register("Pagé");
  const session = await logIn("admin", process.env["ROLLCALL_PASSWORD"] ?? "");
  const directory = new DirectoryApi(by(signingFetch(session)));
  const { userList } = await directory.listUsers({ limit: 1, namePrefix: "pagé", sort: "name" });
  assert.deepEqual(userList.users.map(({ name }) => name), ["Pagé"]);
  const { userList: first } = await directory.listUsers({ limit: 1 });
  const { userList: next } = await directory.listUsers({ limit: 1, pageToken: first.nextPageToken });
  assert.ok((next.users[0]?.id ?? 0) > (first.users[0]?.id ?? 0));
});

test("a session that is over signs nothing", async () => {
  const user = await register("Leaving");
  const session = await logIn("Leaving", password);
  const server = by(signingFetch(session));
  const ended = await new TokensApi(server).deleteSessionTokenRaw({ sessionKey: session.key });
  assert.equal(ended.raw.status, 204);
  const refused = await problem(new DirectoryApi(server).getUser({ userId: user.id }), 401);
  assert.equal(refused.type, "urn:rollcall:problem:unauthenticated");
});

test("another signing host is refused", async () => {
  const user = await register("Elsewhere");
  const server = by(signingFetch(await logIn("Elsewhere", password), "example.com"));
  await refusal(new DirectoryApi(server).getUser({ userId: user.id }), 401);
});
