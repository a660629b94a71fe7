/** What the tests of the client share. */

import assert from "node:assert/strict";
import createClient, { type Client } from "openapi-fetch";
import type { paths, Problem, ProblemType, User, UserRegistration } from "./rollcall.js";

export type Rollcall = Client<paths>;

export const password = "correct horse battery";

const baseUrl = process.env["ROLLCALL_URL"] ?? assert.fail("ROLLCALL_URL is not set");

/** The server without credentials. */
export const anonymous = createClient<paths>({ baseUrl });

/** The server with HTTP Basic credentials. */
export function basic(username: string, password: string): Rollcall {
  const credentials = Buffer.from(`${username}:${password}`).toString("base64");
  return createClient<paths>({ baseUrl, headers: { Authorization: `Basic ${credentials}` } });
}

/** The server as the first admin. */
export const admin = basic("admin", process.env["ROLLCALL_PASSWORD"] ?? "");

/** The server by way of another `fetch`, with credentials that would not do. */
export function by(other: typeof fetch): Rollcall {
  return createClient<paths>({ baseUrl, fetch: other, headers: { Authorization: "Basic bm86bm8=" } });
}

/** The body that makes a user. */
export function registration(
  name: string,
  plaintextPassword = password,
  email = `${Buffer.from(name).toString("hex")}@example.com`,
): UserRegistration {
  return { userInfo: { name, email, plaintextPassword } };
}

/** What a call has answered with this status. */
export function answer<Data>(
  call: { data?: Data; error?: unknown; response: Response },
  status: number,
): Data {
  assert.equal(call.response.status, status, JSON.stringify(call.error));
  return call.data as Data;
}

/** The problem of this type that a call of the directory set was refused with. */
export function problem(
  call: { error?: Problem; response: Response },
  status: number,
  type: ProblemType,
): Problem {
  assert.equal(call.response.status, status);
  assert.deepEqual([call.error?.status, call.error?.type], [status, type]);
  return call.error ?? assert.fail();
}

/** Registers a user, without credentials. */
export async function register(name: string): Promise<User> {
  return answer(await anonymous.POST("/users", { body: registration(name) }), 201).user;
}
