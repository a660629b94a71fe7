/** What the tests of the client share. */

import assert from "node:assert/strict";
import {
  Configuration,
  DirectoryApi,
  ProblemFromJSON,
  ResponseError,
  type Problem,
  type User,
  type UserRegistration,
} from "rollcall-client";

export const password = "correct horse battery";

const basePath = process.env["ROLLCALL_URL"] ?? assert.fail("ROLLCALL_URL is not set");

/** The server without credentials. */
export const anonymous = new Configuration({ basePath });

/** The server with HTTP Basic credentials. */
export function basic(username: string, password: string): Configuration {
  return new Configuration({ basePath, username, password });
}

/** The server as the first admin. */
export const admin = basic("admin", process.env["ROLLCALL_PASSWORD"] ?? "");

/** The server through another `fetch`, with invalid credentials. */
export function by(fetchApi: typeof fetch): Configuration {
  return new Configuration({ basePath, fetchApi, username: "absent", password: "wrong" });
}

/** The body that makes a user. */
export function registration(
  name: string,
  plaintextPassword = password,
  email = `${Buffer.from(name).toString("hex")}@example.com`,
): UserRegistration {
  return { userInfo: { name, email, plaintextPassword } };
}

/** Registers a user, without credentials. */
export async function register(name: string): Promise<User> {
  const userRegistration = registration(name);
  return (await new DirectoryApi(anonymous).createUser({ userRegistration })).user;
}

/** The answer that a call is refused with, which has this status. */
export async function refusal(call: Promise<unknown>, status: number): Promise<Response> {
  const error: unknown = await call.then(() => assert.fail(`not refused with ${status}`), (e) => e);
  assert.ok(error instanceof ResponseError, String(error));
  assert.equal(error.response.status, status);
  return error.response;
}

/** The problem that a call of the directory set is refused with. */
export async function problem(call: Promise<unknown>, status: number): Promise<Problem> {
  const described = ProblemFromJSON(await (await refusal(call, status)).json());
  assert.equal(described.status, status);
  return described;
}

/** The words that a call of the portal set is refused with. */
export async function words(call: Promise<unknown>, status: number): Promise<unknown> {
  return (await refusal(call, status)).json();
}
