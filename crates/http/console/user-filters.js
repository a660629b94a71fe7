// The filters of the table of users. A filter applies as soon as the typing pauses.

import { html, useEffect, useRef, useState } from './html.js';
import { Button, Field } from './parts.js';
import { text } from './text.js';

const words = text.users;
const PAUSE_MS = 300;
const TYPED = ['namePrefix', 'email', 'role'];

/** @param {Record<string, string>} filters */
const keyOf = (filters) => TYPED.map((name) => filters[name]).join('\n');

/** @param {{ filters: Record<string, string>, change: Function, failure: import('./parts.js').MaybeFailure }} properties */
export function UserFilters({ filters, change, failure }) {
  const [typed, setTyped] = useState(filters);
  const timer = useRef(0);
  const key = keyOf(filters);
  const applied = useRef(key);
  // The address may change otherwise: by a link, or by going back. Text that is being typed stays.
  useEffect(() => {
    if (key !== applied.current) setTyped(filters);
    applied.current = key;
  }, [key]);
  useEffect(() => () => clearTimeout(timer.current), []);
  /** @param {string} name */
  const typing = (name) => (/** @type {any} */ event) => {
    const next = { ...typed, [name]: event.target.value };
    setTyped(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => apply(next), PAUSE_MS);
  };
  /** @param {Record<string, string>} values */
  const apply = (values) => {
    clearTimeout(timer.current);
    const given = Object.fromEntries(TYPED.map((name) => [name, values[name]?.trim() ?? '']));
    applied.current = keyOf(given);
    change(given, { replace: true });
  };
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    apply(typed);
  };
  // At once, so that text stays that is typed before the address has changed.
  const clear = () => {
    clearTimeout(timer.current);
    const empty = Object.fromEntries(TYPED.map((name) => [name, '']));
    setTyped({ ...typed, ...empty });
    applied.current = keyOf(empty);
    change({ ...empty, status: '', sort: '' });
  };
  const isFiltered = [...TYPED, 'status', 'sort'].some((name) => filters[name]);
  const field = (/** @type {string} */ name, /** @type {string} */ label) => html`
    <${Field} label=${label} name=${name} value=${typed[name]} onInput=${typing(name)} error=${failure?.about(name)}
      autocomplete="off" autocapitalize="off" spellcheck=${false} />
  `;
  return html`
    <form class="filters" role="search" aria-label=${words.search} onSubmit=${submit}>
      ${field('namePrefix', words.namePrefix)}
      ${field('email', words.exactEmail)}
      ${field('role', words.role)}
      <${Field} label=${words.status} error=${failure?.about('status')}>
        ${(/** @type {object} */ attributes) => html`
          <select ...${attributes} value=${filters.status}
            onChange=${(/** @type {any} */ event) => change({ status: event.target.value })}>
            <option value="">${words.anyStatus}</option>
            <option value="ENABLED">${text.status('ENABLED')}</option>
            <option value="DISABLED">${text.status('DISABLED')}</option>
          </select>
        `}
      <//>
      <${Button} kind="quiet" disabled=${!isFiltered} onClick=${clear}>${words.clear}<//>
    </form>
  `;
}
