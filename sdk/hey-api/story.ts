/** Tells the story of sdk/story/steps.py, and checks what the client makes of the answers. */

import assert from "node:assert/strict";
import {
  createSessionToken,
  createUser,
  deletePortalUser,
  getPortalUser,
  getUser,
  listUsers,
  updateUser,
  type Problem,
  type User,
  type UserChangeInfo,
} from "./client";
import { createClient } from "./client/client";

const { ROLLCALL_URL: baseUrl = "", ROLLCALL_PASSWORD: adminPassword = "" } = process.env;
const password = "correct horse battery";
const anonymous = createClient({ baseUrl });

/** A client that has credentials for HTTP Basic alone: asked for each scheme, it would send them in all. */
const basic = (name: string, password: string) =>
  createClient({
    baseUrl,
    auth: ({ scheme }) => (scheme === "basic" ? `${name}:${password}` : undefined),
  });

const admin = basic("admin", adminPassword);

/** What a call has answered. */
function answer<Data>(call: { data?: Data; error?: unknown }): Data {
  return call.data ?? assert.fail(JSON.stringify(call.error));
}

/** The status and the type of the problem that a call is refused with. */
function refusal(call: { error?: Problem; response?: Response }): unknown {
  return [call.response?.status, call.error?.type];
}

async function main(): Promise<void> {
  const userInfo = { name: "Zoë", email: "zoe@example.com", plaintextPassword: password };
  const { user } = answer(await createUser({ client: anonymous, body: { userInfo } }));
  assert.deepEqual([user.name, user.email, user.roles], ["Zoë", "zoe@example.com", []]);

  const credentials = { name: "Zoë", password };
  const session = answer(await createSessionToken({ client: anonymous, body: { credentials } }));
  assert.equal(session.sessionToken.userId, user.id);

  const own = await getPortalUser({ client: basic("Zoë", password), path: { user: "Zoë" } });
  assert.equal(answer(own).username, "Zoë");
  const read = await getUser({ client: admin, path: { userId: user.id } });
  assert.deepEqual(answer(read).user, user);

  const names: string[] = [];
  let pageToken: string | undefined;
  do {
    const page = answer(await listUsers({ client: admin, query: { limit: 1, pageToken } }));
    names.push(...page.userList.users.map(({ name }) => name));
    pageToken = page.userList.nextPageToken;
  } while (pageToken);
  assert.deepEqual(names, ["admin", "Zoë"]);

  const change = (version: string, userInfo: UserChangeInfo) =>
    updateUser({
      client: admin,
      path: { userId: user.id },
      headers: { "If-Match": version },
      body: { userInfo },
    });
  const etag = read.response?.headers.get("ETag") ?? assert.fail("there is no ETag");
  let expected: User = { ...user, version: 1, email: "zoe@example.org" };
  let changed = answer(await change(etag, { email: "zoe@example.org" })).user;
  assert.deepEqual(changed, expected);
  const stale = await change(etag, { status: "DISABLED" });
  assert.deepEqual(refusal(stale), [412, "urn:rollcall:problem:version-mismatch"]);

  const roles = [{ name: "auditor" }];
  expected = { ...expected, version: 2, roles };
  changed = answer(await change(`${changed.version}`, { roles })).user;
  assert.deepEqual(changed, expected);
  expected = { ...expected, version: 3, status: "DISABLED" };
  changed = answer(await change(`${changed.version}`, { status: "DISABLED" })).user;
  assert.deepEqual(changed, expected);
  expected = { ...expected, version: 4, email: null };
  changed = answer(await change(`${changed.version}`, { email: "" })).user;
  assert.deepEqual(changed, expected);

  const deleted = await deletePortalUser({ client: admin, path: { user: "Zoë" } });
  assert.equal(deleted.response?.status, 204);
  const missing = await getUser({ client: admin, path: { userId: user.id } });
  assert.deepEqual(refusal(missing), [404, "urn:rollcall:problem:not-found"]);
}

void main();
