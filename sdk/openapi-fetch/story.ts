/** Tells the story of sdk/story/steps.py, and checks what the client makes of the answers. */

import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { components, paths } from "./rollcall.js";

type Schemas = components["schemas"];

const { ROLLCALL_URL: baseUrl = "", ROLLCALL_PASSWORD: adminPassword = "" } = process.env;
const password = "correct horse battery";
const anonymous = createClient<paths>({ baseUrl });

function basic(name: string, password: string) {
  const Authorization = `Basic ${Buffer.from(`${name}:${password}`).toString("base64")}`;
  return createClient<paths>({ baseUrl, headers: { Authorization } });
}

/** What a call has answered. */
function answer<Data>(call: { data?: Data; error?: unknown }): Data {
  return call.data ?? assert.fail(JSON.stringify(call.error));
}

/** The status and the type of the problem that a call is refused with. */
function refusal(call: { error?: Schemas["Problem"]; response: Response }): unknown {
  return [call.response.status, call.error?.type];
}

const admin = basic("admin", adminPassword);
const userInfo = { name: "Zoë", email: "zoe@example.com", plaintextPassword: password };
const { user } = answer(await anonymous.POST("/users", { body: { userInfo } }));
assert.deepEqual([user.name, user.email, user.roles], ["Zoë", "zoe@example.com", []]);

const credentials = { name: "Zoë", password };
const { sessionToken } = answer(await anonymous.POST("/tokens", { body: { credentials } }));
assert.equal(sessionToken.userId, user.id);

const path = { params: { path: { user: "Zoë" } } };
assert.equal(answer(await basic("Zoë", password).GET("/api/v1/users/{user}", path)).username, "Zoë");
const read = await admin.GET("/users/{userId}", { params: { path: { userId: user.id } } });
assert.deepEqual(answer(read).user, user);

const names: string[] = [];
let pageToken: string | undefined;
do {
  const query = { limit: 1, ...(pageToken && { pageToken }) };
  const { userList }: Schemas["UserListEnvelope"] = answer(await admin.GET("/users", { params: { query } }));
  names.push(...userList.users.map(({ name }) => name));
  pageToken = userList.nextPageToken;
} while (pageToken);
assert.deepEqual(names, ["admin", "Zoë"]);

const change = (version: string, userInfo: Schemas["UserChangeInfo"]) =>
  admin.PATCH("/users/{userId}", {
    params: { path: { userId: user.id }, header: { "If-Match": version } },
    body: { userInfo },
  });
const etag = read.response.headers.get("ETag") ?? assert.fail("there is no ETag");
let expected: Schemas["User"] = { ...user, version: 1, email: "zoe@example.org" };
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

const deleted = await admin.DELETE("/api/v1/users/{user}", path);
assert.equal(deleted.response.status, 204);
const missing = await admin.GET("/users/{userId}", { params: { path: { userId: user.id } } });
assert.deepEqual(refusal(missing), [404, "urn:rollcall:problem:not-found"]);
