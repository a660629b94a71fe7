/** Tells the story by the functions that the generator's default options make. */

import {
  createSessionToken,
  createUser,
  deletePortalUser,
  getPortalUser,
  getUser,
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
});

/** A client that has credentials for HTTP Basic alone: asked for each scheme, it would send them in all. */
const basic = (name: string, password: string) =>
  createClient({
    baseUrl,
    auth: ({ scheme }) => (scheme === "basic" ? `${name}:${password}` : undefined),
  });

void tell(by(createClient({ baseUrl })), (name, password) => by(basic(name, password)));
