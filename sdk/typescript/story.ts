/** Tells the story by the classes that the generator's default options make. */

import assert from "node:assert/strict";
import {
  Configuration,
  DirectoryApi,
  KeysApi,
  PortalApi,
  ResponseError,
  TokensApi,
  type ApiResponse,
  type ConfigurationParameters,
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

function client(credentials: ConfigurationParameters = {}): Client {
  const settings = new Configuration({ basePath: process.env["ROLLCALL_URL"] ?? "", ...credentials });
  const [directory, portal] = [new DirectoryApi(settings), new PortalApi(settings)];
  const keys = new KeysApi(settings);
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
    makeKey: (userId, { expireTime, ...info }) => {
      const keyInfo = { ...info, expireTime: new Date(expireTime) };
      return answer(keys.createApiKeyRaw({ userId, keyCreation: { keyInfo } }));
    },
    listKeys: (userId) => answer(keys.listApiKeysRaw({ userId })),
    endKey: (userId, keyId) => answer(keys.deleteApiKeyRaw({ userId, keyId })),
    getCaller: () => answer(directory.getCurrentUserRaw()),
  };
}

const basic = (username: string, password: string) => client({ username, password });
void tell(client(), basic, (accessToken) => client({ accessToken }));
