/** Tells the story by the functions that the generator's default options make. */

import {
  createApiKey,
  createSessionToken,
  createUser,
  deleteApiKey,
  deletePortalUser,
  getCurrentUser,
  getPortalUser,
  getUser,
  listApiKeys,
  listUsers,
  updateUser,
} from "./client";
import { createClient } from "./client/client";
import { tell, type Client } from "./tell";

const baseUrl = process.env["ROLLCALL_URL"] ?? "";

const by = (client: ReturnType<typeof createClient>): Client => ({
  register: (userInfo) => createUser({ client, body: { userInfo } }),
  logIn: (credentials) => createSessionToken({ client, body: { credentials } }),
  getByName: (user) => getPortalUser({ client, path: { user } }),
  get: (userId) => getUser({ client, path: { userId } }),
  list: (query) => listUsers({ client, query }),
  change: (userId, version, userInfo) =>
    updateUser({ client, path: { userId }, headers: { "If-Match": version }, body: { userInfo } }),
  deleteByName: (user) => deletePortalUser({ client, path: { user } }),
  makeKey: (userId, keyInfo) => createApiKey({ client, path: { userId }, body: { keyInfo } }),
  listKeys: (userId) => listApiKeys({ client, path: { userId } }),
  endKey: (userId, keyId) => deleteApiKey({ client, path: { userId, keyId } }),
  getCaller: () => getCurrentUser({ client }),
});

/** A client that has credentials for one scheme alone: asked for each scheme, it would send them in all. */
const client = (accepted: "basic" | "bearer", credentials: string) =>
  by(createClient({ baseUrl, auth: ({ scheme }) => (scheme === accepted ? credentials : undefined) }));

void tell(
  by(createClient({ baseUrl })),
  (name, password) => client("basic", `${name}:${password}`),
  (secret) => client("bearer", secret),
);
