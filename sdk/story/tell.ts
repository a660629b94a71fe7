/** Tells the story of steps.py by a client in TypeScript, and checks what it makes of the answers. */

import assert from "node:assert/strict";

interface User {
  id: number;
  version: number;
  name: string;
  email: string | null;
  status: string;
  roles: { name: string }[];
}

interface Changes {
  email?: string;
  status?: "DISABLED";
  roles?: { name: string }[];
}

interface Key {
  id: number;
  name: string;
  scopes: string[];
  expireTime: Date | string | null;
}

interface KeyInfo {
  name: string;
  scopes: ("verify" | "users:read")[];
  expireTime: string;
}

/** An answer: what was asked for, or the problem that the call is refused with. */
export interface Answer<Data> {
  data?: Data;
  error?: unknown;
  response?: Response;
}

type Call<Data> = Promise<Answer<Data>>;
type Page = { userList: { users: { name: string }[]; nextPageToken?: string } };

/** The calls of the story by a client with some credentials or none. */
export interface Client {
  register(userInfo: { name: string; email: string; plaintextPassword: string }): Call<{ user: User }>;
  logIn(credentials: { name: string; password: string }): Call<{ sessionToken: { userId: number } }>;
  getByName(user: string): Call<{ username: string }>;
  get(userId: number): Call<{ user: User }>;
  list(query: { limit: number; pageToken?: string }): Call<Page>;
  change(userId: number, version: string, userInfo: Changes): Call<{ user: User }>;
  deleteByName(user: string): Call<unknown>;
  makeKey(userId: number, keyInfo: KeyInfo): Call<{ key: Key; secret: string }>;
  listKeys(userId: number): Call<{ keyList: { keys: Key[] } }>;
  endKey(userId: number, keyId: number): Call<unknown>;
  getCaller(): Call<{ user: User }>;
}

const password = "correct horse battery";

async function data<Data>(call: Call<Data>): Promise<Data> {
  const { data, error } = await call;
  return data ?? assert.fail(JSON.stringify(error));
}

/** Checks the status and the type of the problem that a call is refused with. */
async function refused(call: Call<unknown>, status: number, kind: string): Promise<void> {
  const { error, response } = await call;
  const type = (error as { type: string } | undefined)?.type;
  assert.deepEqual([response?.status, type], [status, `urn:rollcall:problem:${kind}`]);
}

async function names(admin: Client): Promise<string[]> {
  const found: string[] = [];
  let pageToken: string | undefined;
  do {
    const { userList } = await data(admin.list({ limit: 1, ...(pageToken && { pageToken }) }));
    found.push(...userList.users.map(({ name }) => name));
    pageToken = userList.nextPageToken;
  } while (pageToken);
  return found;
}

/** Makes a key, uses it for what its scopes permit and lack, and ends it. */
async function tellOfKey(own: Client, bearer: (secret: string) => Client, user: User): Promise<void> {
  const info: KeyInfo = {
    name: "nightly backup",
    scopes: ["verify", "users:read"],
    expireTime: "2100-01-31T00:00:00Z",
  };
  const { key, secret } = await data(own.makeKey(user.id, info));
  const expiry = new Date(key.expireTime ?? assert.fail("the key does not expire"));
  assert.deepEqual([key.name, key.scopes, expiry], [info.name, info.scopes, new Date(info.expireTime)]);
  assert.deepEqual((await data(own.listKeys(user.id))).keyList.keys, [key]);

  const program = bearer(secret);
  assert.deepEqual((await data(program.getCaller())).user, user);
  await refused(program.change(user.id, "0", { email: "zoe@example.org" }), 403, "insufficient-scope");
  assert.equal((await own.endKey(user.id, key.id)).response?.status, 204);
  await refused(program.getCaller(), 401, "unauthenticated");
}

export async function tell(
  anonymous: Client,
  basic: (name: string, password: string) => Client,
  bearer: (secret: string) => Client,
): Promise<void> {
  const admin = basic("admin", process.env["ROLLCALL_PASSWORD"] ?? "");
  const registration = { name: "Zoë", email: "zoe@example.com", plaintextPassword: password };
  const { user } = await data(anonymous.register(registration));
  assert.deepEqual([user.name, user.email, user.roles], ["Zoë", "zoe@example.com", []]);

  const { sessionToken } = await data(anonymous.logIn({ name: "Zoë", password }));
  assert.equal(sessionToken.userId, user.id);
  assert.equal((await data(basic("Zoë", password).getByName("Zoë"))).username, "Zoë");
  const read = await admin.get(user.id);
  assert.deepEqual(read.data?.user, user);
  assert.deepEqual(await names(admin), ["admin", "Zoë"]);

  await tellOfKey(basic("Zoë", password), bearer, user);

  let expected: User = user;
  async function change(version: string, changes: Changes, shown: Partial<User> = changes): Promise<void> {
    expected = { ...expected, ...shown, version: expected.version + 1 };
    assert.deepEqual((await data(admin.change(user.id, version, changes))).user, expected);
  }
  const etag = read.response?.headers.get("ETag") ?? assert.fail("there is no ETag");
  await change(etag, { email: "zoe@example.org" });
  await refused(admin.change(user.id, etag, { status: "DISABLED" }), 412, "version-mismatch");
  // What was expected is what was answered.
  await change(`${expected.version}`, { roles: [{ name: "auditor" }] });
  await change(`${expected.version}`, { status: "DISABLED" });
  await change(`${expected.version}`, { email: "" }, { email: null });

  assert.equal((await admin.deleteByName("Zoë")).response?.status, 204);
  await refused(admin.get(user.id), 404, "not-found");
}
