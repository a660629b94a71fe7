// The session of this page: begins, signs, resumes and ends it. The token stays in this page's
// memory, so a reload forgets it.

import { Failure, Unanswered } from './failure.js';
import { urlOf } from './paths.js';
import { signedHeaders } from './signature.js';
import { store } from './store.js';
import { text } from './text.js';

/** @typedef {import('./contract').components['schemas']} Schemas */
/** @typedef {Schemas['User']} User */

// A signature that ends the session is made this often, because none can be made while a page closes.
const FAREWELL_MS = 30_000;

/** @type {Schemas['SessionToken'] | null} */
let token = null;
/** @type {{ url: string, headers: Record<string, string> } | null} */
let farewell = null;
/** @type {{ resolve: () => void, reject: (failure: Failure) => void }[]} */
let waiting = [];

// `out` before a log-in, `in` during a session, `ended` while the page waits for the password.
/** @typedef {{ phase: 'out' | 'in' | 'ended', me: User | null, message: string }} State */
export const session = store(/** @type {State} */ ({ phase: 'out', me: null, message: '' }));

export const currentToken = () => token;

/** @param {User} user */
export const isAdmin = (user) => user.roles.some(({ name }) => name === 'admin');

// Signs a request. It is sent as it is before a log-in.
/** @param {Request} request */
export async function sign(request) {
  // A log-out forgets the token before this signature is made.
  const signing = token;
  if (!signing) return;
  const body = await request.clone().text();
  const { method, url } = request;
  const headers = await signedHeaders(signing, { method, url, body });
  for (const [name, value] of Object.entries(headers)) request.headers.set(name, value);
}

// Begins a session, or resumes one after its end.
/**
 * @param {string} name
 * @param {string} password
 */
export async function logIn(name, password) {
  const body = JSON.stringify({ credentials: { name, password } });
  token = (await send('POST', 'tokens', body)).sessionToken;
  await prepareFarewell();
  try {
    await readMe();
  } catch (failure) {
    token = null;
    throw failure;
  }
  for (const { resolve } of waiting.splice(0)) resolve();
}

// Reads the own user again, whose rights may have changed.
export async function readMe() {
  const { user } = await send('GET', 'users/me');
  session.set({ phase: 'in', me: user, message: '' });
}

export async function logOut() {
  const ending = token && send('DELETE', keyPath(token));
  forget();
  // A session that has ended already needs no end.
  await ending?.catch(() => undefined);
}

// Waits until the session that signed by `used` is resumed with the password.
/** @param {Schemas['SessionToken'] | null} used */
export function resumed(used) {
  if (token && token !== used) return Promise.resolve();
  token = null;
  session.set({ ...session.get(), phase: 'ended' });
  return /** @type {Promise<void>} */ (
    new Promise((resolve, reject) => void waiting.push({ resolve, reject }))
  );
}

function forget() {
  token = null;
  farewell = null;
  session.set({ phase: 'out', me: null, message: text.logIn.loggedOut });
  for (const { reject } of waiting.splice(0)) reject(new Failure({ detail: text.failure.loggedOut }));
}

/** @param {Schemas['SessionToken']} ended */
const keyPath = (ended) => `tokens/${encodeURIComponent(ended.key)}`;

async function prepareFarewell() {
  if (!token) return;
  const url = urlOf(keyPath(token));
  farewell = { url, headers: await signedHeaders(token, { method: 'DELETE', url }) };
}

// Ends the session when the page is closed. A page that comes back from the browser's cache asks
// for the password.
export function endWithPage() {
  setInterval(prepareFarewell, FAREWELL_MS);
  addEventListener('pagehide', () => {
    if (!token || !farewell) return;
    // Nothing is left that could report a failure.
    void fetch(farewell.url, { method: 'DELETE', headers: farewell.headers, keepalive: true }).catch(() => undefined);
    token = null;
    farewell = null;
    session.set({ ...session.get(), phase: 'ended' });
  });
}

/**
 * @param {string} method
 * @param {string} resource
 * @param {string} [body]
 */
async function send(method, resource, body) {
  const headers = { 'X-Requested-With': 'XMLHttpRequest', 'Content-Type': 'application/json' };
  const request = new Request(urlOf(resource), { method, body, headers, cache: 'no-store' });
  if (resource !== 'tokens') await sign(request);
  const response = await fetch(request).catch((error) => {
    throw new Unanswered(String(error));
  });
  const content = response.status === 204 ? null : await response.json().catch(() => null);
  // A network that asks for a log-in of its own answers every request with a page.
  if (response.ok && response.status !== 204 && !content) throw new Unanswered(text.failure.answered(response.status));
  if (!response.ok) throw Failure.of(response, content);
  return content;
}
