// The log-in, and the same in place when a session has ended.

import { useAction } from './actions.js';
import { html, useEffect, useRef, useState } from './html.js';
import { Button, Dialog, FailureNotice, Field, PasswordField } from './parts.js';
import { has } from './api.js';
import { logIn, logOut, session } from './session.js';
import { text } from './text.js';

const words = text.logIn;

export function LogIn() {
  const { message } = session.use();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const form = useRef(/** @type {HTMLFormElement | null} */ (null));
  const { isPending, failure, run } = useAction(async () => {
    await tryLogIn(name, password, setPassword);
  }, text.failure.noAnswer);
  useEffect(() => form.current?.querySelector('input')?.focus(), []);
  useEffect(() => focusPassword(form.current, failure), [failure]);
  return html`
    <form ref=${form} onSubmit=${submitting(run)}>
      ${message && !failure && html`<p class="notice" role="status">${message}</p>`}
      <${FailureNotice} failure=${failure} message=${refusal(failure)} />
      <${Field} label=${words.name} name="name" autocomplete="username" autocapitalize="off" spellcheck=${false} required
        value=${name} onInput=${(/** @type {any} */ event) => setName(event.target.value)} />
      <${PasswordField} label=${words.password} name="password" autocomplete="current-password" required
        value=${password} onInput=${setPassword} />
      <${Button} type="submit" kind="primary wide" isPending=${isPending}>${words.submit}<//>
      ${has('POST /reset-codes') && html`<p class="hint"><a href="#/reset">${words.haveCode}</a></p>`}
    </form>
  `;
}

// Asks for the password in front of the page, which keeps all that was typed.
/** @param {{ name: string }} properties */
export function Resume({ name }) {
  const [password, setPassword] = useState('');
  const form = useRef(/** @type {HTMLFormElement | null} */ (null));
  const { isPending, failure, run } = useAction(async () => {
    await tryLogIn(name, password, setPassword);
  }, text.failure.noAnswer);
  useEffect(() => focusPassword(form.current, true), [failure]);
  return html`
    <${Dialog} title=${words.ended}>
      <form ref=${form} onSubmit=${submitting(run)}>
        <p>${words.endedWhy}</p>
        <${FailureNotice} failure=${failure} message=${refusal(failure)} />
        <${Field} label=${words.name} name="name" autocomplete="username" readonly value=${name} />
        <${PasswordField} label=${words.password} name="password" autocomplete="current-password" required
          value=${password} onInput=${setPassword} />
        <div class="buttons">
          <${Button} type="submit" kind="primary" isPending=${isPending}>${words.resume}<//>
          <${Button} onClick=${logOut}>${words.discard}<//>
        </div>
      </form>
    <//>
  `;
}

// Empties the field of a password that was wrong. A server that is busy gets the same password again.
/**
 * @param {string} name
 * @param {string} password
 * @param {(password: string) => void} setPassword
 */
async function tryLogIn(name, password, setPassword) {
  try {
    await logIn(name, password);
  } catch (error) {
    if (/** @type {{ status?: number }} */ (error).status === 401) setPassword('');
    throw error;
  }
}

// The server does not say which it was.
/** @param {import('./parts.js').MaybeFailure} failure */
const refusal = (failure) => (failure?.status === 401 ? words.refused : '');

/**
 * @param {HTMLFormElement | null} form
 * @param {unknown} isWanted
 */
function focusPassword(form, isWanted) {
  const input = form?.querySelector('input[name=password]');
  if (isWanted && input instanceof HTMLElement) input.focus();
}

// A handler that runs an action instead of having the browser send the form.
/** @param {() => Promise<void>} run */
export const submitting = (run) => (/** @type {Event} */ event) => {
  event.preventDefault();
  // The action shows its failures itself.
  void run();
};
