/** Tells the story by the classes that the generator's default options make. */

import assert from "node:assert/strict";
import {
  Configuration,
  DirectoryApi,
  PortalApi,
  ResponseError,
  TokensApi,
  type ApiResponse,
} from "./client";
import { tell, type Answer, type Client } from "./tell";

/** What a call has answered, which throws if it is refused. */
async function answer<Data>(call: Promise<ApiResponse<Data>>): Promise<Answer<Data>> {
  try {
    const made = await call;
    return { response: made.raw, data: await made.value() };
  } catch (error) {
    assert.ok(error instanceof ResponseError, String(error));
    return { response: error.response, error: await error.response.json() };
  }
}

function client(username?: string, password?: string): Client {
  const settings = new Configuration({ basePath: process.env["ROLLCALL_URL"] ?? "", username, password });
  const [directory, portal] = [new DirectoryApi(settings), new PortalApi(settings)];
  return {
    register: (userInfo) => answer(directory.createUserRaw({ userRegistration: { userInfo } })),
    logIn: (credentials) =>
      answer(new TokensApi(settings).createSessionTokenRaw({ sessionTokenRequest: { credentials } })),
    getByName: (user) => answer(portal.getPortalUserRaw({ user })),
    get: (userId) => answer(directory.getUserRaw({ userId })),
    list: (query) => answer(directory.listUsersRaw(query)),
    change: (userId, ifMatch, userInfo) =>
      answer(directory.updateUserRaw({ userId, userChange: { userInfo }, ifMatch })),
    deleteByName: (user) => answer(portal.deletePortalUserRaw({ user })),
  };
}

void tell(client(), client);
