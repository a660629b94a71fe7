// A session of a user: begins and ends it, and signs the requests of the page as long as it lasts.
// The token stays in this page's memory: a reload forgets it.

import { receivedPath, urlOf } from './paths.js';
import { isOfEndedSession, signedHeaders } from './signature.js';

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
    const token = this.#token;
    const headers = await signedHeaders(token, request);
    delete request.headers.Authorization;
    Object.assign(request.headers, headers);
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
