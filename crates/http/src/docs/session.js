// The log-in box above Swagger UI: begins a session, and signs what is tried out as long as it lasts.
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

function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

export class Session {
  #token = null;
  #name = '';
  #box = element('section', { className: 'rollcall-session wrapper', style: 'padding-top: 10px' });

  // Signs a request of Swagger UI, which then carries no password; leaves it alone before a log-in.
  async sign(request) {
    const isOwn = receivedPath(request.url) !== undefined;
    const isLogin = request.method === 'POST' && request.url === urlOf('tokens');
    if (!this.#token || !isOwn || isLogin) return request;
    const timestamp = new Date().toISOString();
    const signature = await signatureOf(this.#token, { ...request, timestamp });
    delete request.headers.Authorization;
    Object.assign(request.headers, { sessionKey: this.#token.key, timestamp, signature });
    return request;
  }

  // The box, in an element that Swagger UI's style sheet applies to.
  box() {
    this.#show();
    return element('div', { className: 'swagger-ui' }, this.#box);
  }

  async #logIn(name, password) {
    const answer = await this.#send('POST', urlOf('tokens'), { credentials: { name, password } });
    if (!answer.ok) return this.#show((await answer.json()).detail);
    this.#token = (await answer.json()).sessionToken;
    this.#name = name;
    return this.#show();
  }

  async #logOut() {
    const answer = await this.#send('DELETE', urlOf(`tokens/${encodeURIComponent(this.#token.key)}`));
    const complaint = answer.ok ? '' : (await answer.json()).detail;
    // A session that is over already needs no end; one that a wrong clock can't end is not over.
    if (complaint.includes('timestamp') || answer.status > 401) return this.#show(complaint);
    this.#token = null;
    return this.#show();
  }

  async #send(method, url, content) {
    const body = content && JSON.stringify(content);
    const headers = { 'X-Requested-With': 'XMLHttpRequest' };
    if (body) headers['Content-Type'] = 'application/json';
    return fetch(url, await this.sign({ method, url, body, headers }));
  }

  #show(complaint = '') {
    const said = element('output', { role: 'status' }, complaint);
    this.#box.replaceChildren(this.#token ? this.#loggedIn() : this.#loggedOut(), said);
  }

  #loggedIn() {
    const button = element('button', { className: 'btn', textContent: 'Log out' });
    button.onclick = () => this.#attempt(() => this.#logOut());
    return element('p', {}, `Requests are signed as ${this.#name}. `, button);
  }

  #loggedOut() {
    if (!crypto.subtle) {
      const why = 'To sign requests, open this page by HTTPS or on localhost: browsers sign nowhere else.';
      return element('p', { textContent: why });
    }
    const name = element('input', { name: 'name', type: 'text', placeholder: 'name', required: true });
    const password = element('input', { name: 'password', type: 'password', placeholder: 'password' });
    Object.assign(name, { ariaLabel: 'name', autocomplete: 'username' });
    Object.assign(password, { ariaLabel: 'password', autocomplete: 'current-password' });
    const button = element('button', { className: 'btn authorize', textContent: 'Log in' });
    const form = element('form', {}, 'Sign requests with a session: ', name, ' ', password, ' ', button);
    form.onsubmit = (event) => {
      event.preventDefault();
      this.#attempt(() => this.#logIn(name.value, password.value));
    };
    return form;
  }

  async #attempt(work) {
    try {
      await work();
    } catch (error) {
      this.#show(`The server can't be reached: ${error.message}`);
    }
  }
}
