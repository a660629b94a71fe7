// Requests to the API, typed by the published document. Each is signed, and is sent again when its
// session had ended and was resumed.

import { Failure, Unanswered } from './failure.js';
import { operations } from './operations.js';
import { urlOf } from './paths.js';
import { currentToken, readMe, resumed, sign } from './session.js';
import { isOfEndedSession } from './signature.js';
import createClient from './vendor/openapi-fetch.js';

/** @typedef {import('openapi-fetch').Client<import('./contract').paths>} Client */

// The server then challenges in a way that the browser does not answer with its own dialog.
const options = {
  baseUrl: urlOf(''),
  headers: { 'X-Requested-With': 'XMLHttpRequest' },
  cache: /** @type {const} */ ('no-store'),
};

/** @type {Client} */
export const client = createClient(options);

// For requests without credentials.
/** @type {Client} */
export const anonymous = createClient(options);

client.use({ onRequest: ({ request }) => sign(request) });

/**
 * @template T
 * @typedef {() => Promise<{ data?: T, error?: unknown, response: Response }>} Send
 */

// Returns the content of the answer; throws a `Failure` for any but a success.
/**
 * @template T
 * @param {Send<T>} send
 * @returns {Promise<NonNullable<T>>}
 */
export async function call(send) {
  const used = currentToken();
  const { data, error, response } = await send().catch((thrown) => {
    throw new Unanswered(String(thrown));
  });
  if (response.ok) return /** @type {NonNullable<T>} */ (data);
  const failure = Failure.of(response, error);
  if (isOfEndedSession(failure.status, failure.message)) {
    await resumed(used);
    return call(send);
  }
  // The own rights may be others than the page knows.
  if (failure.type.endsWith(':forbidden')) await readMe().catch(() => undefined);
  throw failure;
}

// Whether the server has an operation, with this query parameter if one is named.
/**
 * @param {string} operation
 * @param {string} [parameter]
 */
export function has(operation, parameter) {
  const parameters = /** @type {Record<string, string[]>} */ (operations)[operation];
  return parameters !== undefined && (parameter === undefined || parameters.includes(parameter));
}
