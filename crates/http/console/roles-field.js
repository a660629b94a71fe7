// The roles of a user: each can be removed, and others be added by name.

import { Failure } from './failure.js';
import { html, useId, useLayoutEffect, useRef, useState } from './html.js';
import { rolePattern } from './operations.js';
import { Button } from './parts.js';
import { text } from './text.js';

const words = text.roles;

/** @typedef {{ name: string }[]} RoleList */

// The roles with the one that stands in the box, which a save takes as well.
/**
 * @param {RoleList} roles
 * @param {string} typed
 */
export function withTyped(roles, typed) {
  const name = typed.trim();
  return name && !roles.some((role) => role.name === name) ? [...roles, { name }] : roles;
}

/** @param {string} typed */
const isRole = (typed) => new RegExp(rolePattern, 'u').test(typed.trim());

// Throws a failure that marks a role in the box which is none, with the fields that are empty beside it.
/**
 * @param {string} typed
 * @param {Record<string, string>} others
 */
export function requireRole(typed, others) {
  if (!typed.trim() || isRole(typed)) return;
  const empty = Object.keys(others).filter((field) => !others[field]);
  const errors = [...empty.map((field) => ({ field, message: text.failure.required })), { field: 'roles', message: words.rule }];
  throw new Failure({ status: 400, errors });
}

/** @param {{ roles: RoleList, typed: string, setTyped: (typed: string) => void, error?: string, change: (roles: RoleList) => void }} properties */
export function RolesField({ roles, typed, setTyped, error: refusal = '', change }) {
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  const id = useId();
  const isWrong = typed.trim() !== '' && !isRole(typed);
  // What the server refused goes when the roles change: it is about those that were sent.
  const [isRefused, setRefused] = useState(false);
  useLayoutEffect(() => setRefused(true), [refusal]);
  const type = (/** @type {string} */ name) => {
    setRefused(false);
    setTyped(name);
  };
  const set = (/** @type {RoleList} */ next) => {
    setRefused(false);
    change(next);
  };
  // A wrong name is told while it is typed, and is not added.
  const error = isWrong ? words.rule : isRefused ? refusal : '';
  const add = () => {
    if (isWrong) return;
    type('');
    set(withTyped(roles, typed));
    input.current?.focus();
  };
  const remove = (/** @type {string} */ name) => {
    set(roles.filter((role) => role.name !== name));
    input.current?.focus();
  };
  // Enter adds the role, and does not save the form.
  const press = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== 'Enter' || !typed.trim()) return;
    event.preventDefault();
    add();
  };
  return html`
    <fieldset class="field roles">
      <legend>${text.users.roles}</legend>
      <ul class="chips">
        ${roles.map(
          ({ name }) => html`
            <li key=${name} class="chip">${name}
              <button type="button" aria-label=${words.remove(name)} onClick=${() => remove(name)}>×</button></li>
          `,
        )}
        ${!roles.length && html`<li class="none">${words.none}</li>`}
      </ul>
      <div class="with-button">
        <input ref=${input} type="text" aria-label=${words.add} placeholder=${words.placeholder} list="${id}-list"
          autocomplete="off" autocapitalize="off" spellcheck=${false} value=${typed} onKeyDown=${press}
          aria-invalid=${error ? 'true' : undefined} aria-describedby=${error ? `${id}-error` : undefined}
          onInput=${(/** @type {any} */ event) => type(event.target.value)} />
        <datalist id="${id}-list"><option value="admin"></option></datalist>
        <${Button} disabled=${!typed.trim() || isWrong} onClick=${add}>${words.addShort}<//>
      </div>
      ${error && html`<p class="error" id="${id}-error">${error}</p>`}
    </fieldset>
  `;
}
