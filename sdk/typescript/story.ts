/** Tells the story of sdk/story/steps.py, and checks what the client makes of the answers. */

import assert from "node:assert/strict";
import { Configuration, DirectoryApi, PortalApi, ResponseError, TokensApi, type UserChangeInfo } from "./client";

const { ROLLCALL_URL: basePath = "", ROLLCALL_PASSWORD: adminPassword = "" } = process.env;
const password = "correct horse battery";
const anonymous = new Configuration({ basePath });
const basic = (username: string, password: string) => new Configuration({ basePath, username, password });
const directory = new DirectoryApi(basic("admin", adminPassword));
const portal = new PortalApi(basic("admin", adminPassword));

/** The status and the type of the problem that a call is refused with. */
async function refusal(call: Promise<unknown>): Promise<unknown> {
  const error = await call.then(() => assert.fail("it is not refused"), (error: unknown) => error);
  assert.ok(error instanceof ResponseError);
  return [error.response.status, (await error.response.json()).type];
}

async function main(): Promise<void> {
  const userInfo = { name: "Zoë", email: "zoe@example.com", plaintextPassword: password };
  const { user } = await new DirectoryApi(anonymous).createUser({ userRegistration: { userInfo } });
  assert.deepEqual([user.name, user.email, user.roles], ["Zoë", "zoe@example.com", []]);

  const sessionTokenRequest = { credentials: { name: "Zoë", password } };
  const { sessionToken } = await new TokensApi(anonymous).createSessionToken({ sessionTokenRequest });
  assert.equal(sessionToken.userId, user.id);

  const own = await new PortalApi(basic("Zoë", password)).getPortalUser({ user: "Zoë" });
  assert.equal(own.username, "Zoë");
  const read = await directory.getUserRaw({ userId: user.id });
  assert.deepEqual((await read.value()).user, user);

  const names: string[] = [];
  let pageToken: string | undefined;
  do {
    const { userList } = await directory.listUsers({ limit: 1, pageToken });
    names.push(...userList.users.map(({ name }) => name));
    pageToken = userList.nextPageToken;
  } while (pageToken);
  assert.deepEqual(names, ["admin", "Zoë"]);

  const change = (ifMatch: string, userInfo: UserChangeInfo) =>
    directory.updateUser({ userId: user.id, userChange: { userInfo }, ifMatch });
  const etag = read.raw.headers.get("ETag") ?? assert.fail("there is no ETag");
  let expected = { ...user, version: 1, email: "zoe@example.org" as string | null };
  let changed = (await change(etag, { email: "zoe@example.org" })).user;
  assert.deepEqual(changed, expected);
  const stale = change(etag, { status: "DISABLED" });
  assert.deepEqual(await refusal(stale), [412, "urn:rollcall:problem:version-mismatch"]);

  const roles = [{ name: "auditor" }];
  expected = { ...expected, version: 2, roles };
  changed = (await change(`${changed.version}`, { roles })).user;
  assert.deepEqual(changed, expected);
  expected = { ...expected, version: 3, status: "DISABLED" };
  changed = (await change(`${changed.version}`, { status: "DISABLED" })).user;
  assert.deepEqual(changed, expected);
  expected = { ...expected, version: 4, email: null };
  changed = (await change(`${changed.version}`, { email: "" })).user;
  assert.deepEqual(changed, expected);

  await portal.deletePortalUser({ user: "Zoë" });
  const missing = directory.getUser({ userId: user.id });
  assert.deepEqual(await refusal(missing), [404, "urn:rollcall:problem:not-found"]);
}

void main();
