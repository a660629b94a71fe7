// A session of a user: begins and ends it, and signs the requests of the page as long as it lasts.
// The token stays in this page's memory: a reload forgets it.

import { receivedPath, urlOf } from './paths.js';
import { signingHost } from './settings.js';

const encoder = new TextEncoder();

const base64 = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)));

// The signature of a request, as the document describes it under `POST /tokens`.
async function signatureOf({ key, token }, { method, url, body, timestamp }) {
  const hash = await crypto.subtle.digest('SHA-256', encoder.encode(body ?? ''));
  const { search } = new URL(url, location.href);
  const parts = [key, method.toUpperCase(), signingHost, receivedPath(url), search.slice(1), timestamp, base64(hash)];
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const secret = await crypto.subtle.importKey('raw', encoder.encode(token), algorithm, false, ['sign']);
  return base64(await crypto.subtle.sign('HMAC', secret, encoder.encode(parts.join('\n'))));
}

// Whether a signed request was refused because its session has ended. A wrong clock and a signature
// that was used before are refused by the same status.
function isOfEndedSession(status, text) {
  return status === 401 && !/timestamp|signature/i.test(text);
}

export class Session {
  #token = null;
  #name = '';

  // Called when the server no longer knows the session.
  onEnd = () => {};

  get isOpen() {
    return this.#token !== null;
  }

  get name() {
    return this.#name;
  }

  // Signs a request of Swagger UI, which then carries no password; leaves it alone before a log-in.
  async sign(request) {
    const isOwn = receivedPath(request.url) !== undefined;
    const isLogin = request.method === 'POST' && request.url === urlOf('tokens');
    if (!this.#token || !isOwn || isLogin) return request;
    const timestamp = new Date().toISOString();
    const token = this.#token;
    const signature = await signatureOf(token, { ...request, timestamp });
    delete request.headers.Authorization;
    Object.assign(request.headers, { sessionKey: token.key, timestamp, signature });
    // Swagger UI hands the answer to this function.
    request.responseInterceptor = (answer) => this.#heed(token, answer);
    return request;
  }

  // Returns what the server says against it, or an empty text.
  async logIn(name, password) {
    const answer = await this.#send('POST', urlOf('tokens'), { credentials: { name, password } });
    if (!answer.ok) return (await answer.json()).detail;
    this.#token = (await answer.json()).sessionToken;
    this.#name = name;
    return '';
  }

  // Returns what the server says against it, or an empty text.
  async logOut() {
    const answer = await this.#send('DELETE', urlOf(`tokens/${encodeURIComponent(this.#token.key)}`));
    const complaint = answer.ok ? '' : (await answer.json()).detail;
    // A session that is over already needs no end; one that a wrong clock can't end is not over.
    const isOver = answer.ok || answer.status === 404 || isOfEndedSession(answer.status, complaint);
    if (!isOver) return complaint;
    this.#token = null;
    return '';
  }

  #heed(token, answer) {
    // The answer may be to a request of an earlier session.
    if (token === this.#token && isOfEndedSession(answer.status, answer.text ?? '')) {
      this.#token = null;
      this.onEnd();
    }
    return answer;
  }

  async #send(method, url, content) {
    const body = content && JSON.stringify(content);
    const headers = { 'X-Requested-With': 'XMLHttpRequest' };
    if (body) headers['Content-Type'] = 'application/json';
    return fetch(url, await this.sign({ method, url, body, headers }));
  }
}
