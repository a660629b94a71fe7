// Signs requests with the token of a session, for every page.

import { receivedPath } from './paths.js';
import { signingHost } from './settings.js';

const encoder = new TextEncoder();

/** @param {ArrayBuffer} buffer */
const base64 = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)));

// The headers that sign a request, as the document describes them under `POST /tokens`.
/**
 * @param {{ key: string, token: string }} session
 * @param {{ method: string, url: string, body?: string | null }} request
 */
export async function signedHeaders({ key, token }, { method, url, body }) {
  const timestamp = new Date().toISOString();
  const hash = await crypto.subtle.digest('SHA-256', encoder.encode(body ?? ''));
  const { search } = new URL(url, location.href);
  const parts = [key, method.toUpperCase(), signingHost, receivedPath(url), search.slice(1), timestamp, base64(hash)];
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const secret = await crypto.subtle.importKey('raw', encoder.encode(token), algorithm, false, ['sign']);
  const signature = base64(await crypto.subtle.sign('HMAC', secret, encoder.encode(parts.join('\n'))));
  return { sessionKey: key, timestamp, signature };
}

// Whether a signed request was refused because its session has ended. A wrong clock and a signature
// that was used before are refused by the same status.
/**
 * @param {number} status
 * @param {string} text
 */
export function isOfEndedSession(status, text) {
  return status === 401 && !/timestamp|signature/i.test(text);
}
