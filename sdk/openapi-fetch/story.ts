/** Tells the story by the types that the generator's default options make. */

import createClient, { type ClientOptions } from "openapi-fetch";
import type { paths } from "./rollcall.js";
import { tell, type Client } from "./tell.js";

function client(headers: ClientOptions["headers"] = {}): Client {
  const server = createClient<paths>({ baseUrl: process.env["ROLLCALL_URL"] ?? "", headers });
  return {
    register: (userInfo) => server.POST("/users", { body: { userInfo } }),
    logIn: (credentials) => server.POST("/tokens", { body: { credentials } }),
    getByName: (user) => server.GET("/api/v1/users/{user}", { params: { path: { user } } }),
    get: (userId) => server.GET("/users/{userId}", { params: { path: { userId } } }),
    list: (query) => server.GET("/users", { params: { query } }),
    change: (userId, version, userInfo) =>
      server.PATCH("/users/{userId}", {
        params: { path: { userId }, header: { "If-Match": version } },
        body: { userInfo },
      }),
    deleteByName: (user) => server.DELETE("/api/v1/users/{user}", { params: { path: { user } } }),
    makeKey: (userId, keyInfo) =>
      server.POST("/users/{userId}/keys", { params: { path: { userId } }, body: { keyInfo } }),
    listKeys: (userId) => server.GET("/users/{userId}/keys", { params: { path: { userId } } }),
    endKey: (userId, keyId) =>
      server.DELETE("/users/{userId}/keys/{keyId}", { params: { path: { userId, keyId } } }),
    getCaller: () => server.GET("/users/me"),
  };
}

const basic = (name: string, password: string) => {
  const credentials = Buffer.from(`${name}:${password}`).toString("base64");
  return client({ Authorization: `Basic ${credentials}` });
};
await tell(client(), basic, (secret) => client({ Authorization: `Bearer ${secret}` }));
