// The parts that all views are made of.

import { html, useId, useLayoutEffect, useRef, useState } from './html.js';
import { text } from './text.js';

/** @typedef {import('./failure.js').Failure | null} MaybeFailure */
/** @typedef {any} Content */
/** @typedef {Record<string, any>} Properties */

// A button that says when its action is pending. While it is, or when there is nothing to do, the
// button keeps the focus and does nothing, also for Enter in its form.
/** @param {Properties} properties */
export function Button({ isPending = false, disabled = false, kind = '', type = 'button', onClick, children, ...rest }) {
  const isOff = isPending || disabled;
  const act = isOff ? (/** @type {Event} */ event) => event.preventDefault() : onClick && (() => onClick());
  return html`
    <button type=${type} class="button ${kind}" aria-disabled=${isOff} aria-busy=${isPending} onClick=${act} ...${rest}>
      ${isPending && html`<span class="spinner" aria-hidden="true"></span>`}<span>${children}</span>
    </button>
  `;
}

// A label, its field, a hint, and what the API says against the value.
/** @param {Properties} properties */
export function Field({ label, hint = '', error = '', children, ...rest }) {
  const id = useId();
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  const attributes = {
    id,
    'aria-invalid': error ? 'true' : undefined,
    'aria-describedby': described || undefined,
  };
  return html`
    <div class="field">
      <label for=${id}>${label}</label>
      ${children ? children(attributes) : html`<input type="text" ...${attributes} ...${rest} />`}
      ${hint && html`<p class="hint" id="${id}-hint">${hint}</p>`}
      ${error && html`<p class="error" id="${id}-error">${error}</p>`}
    </div>
  `;
}

// A password, which can be shown.
/** @param {Properties} properties */
export function PasswordField({ value, onInput, isShown: isShownFirst = false, ...rest }) {
  const [isShown, setShown] = useState(isShownFirst);
  const { label, hint, error, ...own } = rest;
  const input = (/** @type {Properties} */ attributes) => html`
    <div class="with-button">
      <input type=${isShown ? 'text' : 'password'} value=${value} spellcheck=${false} autocapitalize="off"
        onInput=${(/** @type {any} */ event) => onInput(event.target.value)} ...${attributes} ...${own} />
      <button type="button" class="button quiet" aria-pressed=${isShown} aria-label=${text.common.showPassword(label)}
        onClick=${() => setShown(!isShown)}>${isShown ? text.common.hide : text.common.show}</button>
    </div>
  `;
  return html`<${Field} label=${label} hint=${hint} error=${error}>${input}<//>`;
}

// What went wrong, then an advice. The fields that a form shows are left to
// it, and the first of them that is wrong gets the focus.
/** @param {{ failure: MaybeFailure, shown?: string[], message?: string, retry?: () => void }} properties */
export function FailureNotice({ failure, shown = [], message = '', retry }) {
  const notice = useRef(/** @type {HTMLElement | null} */ (null));
  useLayoutEffect(() => {
    const field = notice.current?.closest('form')?.querySelector('[aria-invalid=true]');
    if (field instanceof HTMLElement) field.focus();
  }, [failure]);
  if (!failure) return null;
  const others = failure.beyond(shown);
  const isMarked = others.length < failure.errors.length;
  return html`
    <div ref=${notice} class="notice failure" role="alert">
      <p><strong>${message || (isMarked ? text.failure.marked : failure.words)}</strong></p>
      ${others.map(({ field, message }) => html`<p><code>${field}</code> ${message}</p>`)}
      ${failure.advice && html`<p>${failure.advice}</p>`}
      ${retry && failure.status !== 400 && html`<p><${Button} onClick=${retry}>${text.common.retry}<//></p>`}
    </div>
  `;
}

// A dialog of the browser's own: the page behind is out of reach, and the focus goes back to it.
/** @param {Properties} properties */
export function Dialog({ title, onClose, children, kind = '' }) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const isOver = useRef(false);
  const id = useId();
  // At once, so that the focus is never lost in between.
  useLayoutEffect(() => {
    const before = document.activeElement;
    // The reference is gone when the dialog is removed.
    const shown = dialog.current;
    shown?.showModal();
    return () => {
      isOver.current = true;
      shown?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  const cancel = (/** @type {Event} */ event) => {
    event.preventDefault();
    onClose?.();
  };
  // A second Escape closes a dialog that refused the first one. It stays until it is taken away, and
  // is below a question about its closing.
  const closed = () => {
    if (isOver.current) return;
    dialog.current?.showModal();
    onClose?.();
  };
  return html`
    <dialog ref=${dialog} class=${kind} aria-labelledby=${id} onCancel=${cancel} onClose=${closed}>
      <h2 id=${id}>${title}</h2>
      ${children}
    </dialog>
  `;
}

// A section of a page, with its heading and its buttons.
/** @param {Properties} properties */
export function Section({ title, actions, isBusy = false, children, ...rest }) {
  const id = useId();
  return html`
    <section class="card" aria-labelledby=${id} aria-busy=${isBusy} ...${rest}>
      <header class="card-header"><h2 id=${id}>${title}</h2><div class="buttons">${actions}</div></header>
      ${children}
    </section>
  `;
}

/** @param {{ status: string }} properties */
export const Status = ({ status }) => html`
  <span class="badge ${status === 'ENABLED' ? 'good' : 'bad'}">${text.status(status)}</span>
`;

/** @param {{ roles: { name: string }[] }} properties */
export const Roles = ({ roles }) => html`<${Badges} names=${roles.map(({ name }) => name)} strong="admin" />`;

/** @param {{ names: string[], strong?: string }} properties */
export const Badges = ({ names, strong = '' }) =>
  names.length ? html`
    <span class="badges">
      ${names.map((name) => html`<span class="badge ${name === strong ? 'strong' : ''}" key=${name}>${name}</span>`)}
    </span>
  ` : null;

// A time of the person's place. The title adds the seconds.
/** @param {{ value: string, isExact?: boolean }} properties */
export function Time({ value, isExact = false }) {
  const format = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
  const exact = exactTime(value);
  return html`<time datetime=${value} title=${exact}>${isExact ? exact : format.format(new Date(value))}</time>`;
}

/** @param {string} value */
export const exactTime = (value) =>
  new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' }).format(new Date(value));

// Rows of the height of real ones, while the first are loaded.
/** @param {{ rows: number, columns: number }} properties */
export const SkeletonRows = ({ rows, columns }) =>
  Array.from({ length: rows }, (_, row) => html`
    <tr class="skeleton" key=${row} aria-hidden="true">
      ${Array.from({ length: columns }, (_cell, column) => html`<td key=${column}><span></span></td>`)}
    </tr>
  `);
