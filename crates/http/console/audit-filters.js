// The filters of the audit log. A user is given by name or id; a deleted user has only the id.

import { useAction } from './actions.js';
import { call, client } from './api.js';
import { Failure } from './failure.js';
import { html, useRef, useState } from './html.js';
import { submitting } from './log-in.js';
import { MomentField, faultOf } from './moment-field.js';
import { instantOf, momentOf, zone } from './moments.js';
import { auditActions } from './operations.js';
import { Button, FailureNotice, Field } from './parts.js';
import { text } from './text.js';

/** @typedef {{ field: string, message: string }} Fault */

const words = text.audit;
const ENDS = /** @type {const} */ (['since', 'until']);
// The fields of a user that change, by which this page filters.
const USER_FIELDS = ['name', 'email', 'status', 'roles', 'password'];
const FIELDS = ['userId', 'actorId', 'action', ...ENDS];

/** @param {{ filters: Record<string, string>, known: string[], change: (changed: Record<string, string>) => void, refused: import('./parts.js').MaybeFailure }} properties */
export function AuditFilters({ filters, known, change, refused }) {
  const [values, setValues] = useState(filters);
  const [moments, setMoments] = useState(momentsOf(filters));
  const form = useRef(/** @type {HTMLFormElement | null} */ (null));
  const { isPending, failure: own, run, reset } = useAction(async () => {
    const faults = form.current ? faultsOf(form.current, moments) : [];
    const [userId, actorId] = [await idOf('userId', values, faults), await idOf('actorId', values, faults)];
    if (faults.length) throw new Failure({ status: 400, errors: faults });
    change({ ...values, userId, actorId, ...instantsOf(moments, filters) });
  }, text.failure.notLoaded);
  // What the server says of a link is beside the fields as well.
  const failure = own ?? (refused?.errors.length ? refused : null);
  const has = (/** @type {string} */ name) => known.includes(name);
  const typing = (/** @type {string} */ name) => (/** @type {any} */ event) =>
    setValues({ ...values, [name]: event.target.value });
  const user = (/** @type {string} */ name, /** @type {string} */ label) =>
    has(name) && html`
      <${Field} label=${label} name=${name} autocomplete="off" autocapitalize="off" spellcheck=${false}
        value=${values[name] ?? ''} onInput=${typing(name)} error=${failure?.about(name)} />
    `;
  const moment = (/** @type {'since' | 'until'} */ name) =>
    has(name) && html`
      <${MomentField} name=${name} label=${words[name]} value=${moments[name]} error=${failure?.about(name) ?? ''}
        onInput=${(/** @type {import('./moments.js').Moment} */ value) => setMoments({ ...moments, [name]: value })} />
    `;
  const isTyped = [...Object.values(values), ...ENDS.flatMap((end) => Object.values(moments[end]))].some(Boolean);
  const isFiltered = isTyped || known.some((name) => name !== 'pageToken' && filters[name]);
  const clear = () => {
    setValues({});
    setMoments(momentsOf({}));
    reset();
    change(Object.fromEntries(known.map((name) => [name, ''])));
  };
  return html`
    <form ref=${form} class="filters" role="search" aria-label=${words.search} novalidate onSubmit=${submitting(run)}>
      ${user('userId', words.userFilter)}
      ${user('actorId', words.actorFilter)}
      <${Field} label=${words.action} error=${failure?.about('action')}>
        ${(/** @type {object} */ attributes) => html`
          <select ...${attributes} value=${values.action} onChange=${typing('action')}>
            <option value="">${words.anyAction}</option>
            ${auditActions.map((action) => html`<option key=${action} value=${action}>${text.action(action)}</option>`)}
          </select>
        `}
      <//>
      <${Field} label=${words.changedField}>
        ${(/** @type {object} */ attributes) => html`
          <select ...${attributes} value=${values.changed} onChange=${typing('changed')}>
            <option value="">${words.anyAction}</option>
            ${USER_FIELDS.map((field) => html`<option key=${field} value=${field}>${text.field(field)}</option>`)}
          </select>
        `}
      <//>
      ${moment('since')}
      ${moment('until')}
      <div class="buttons">
        <${Button} type="submit" isPending=${isPending}>${words.apply}<//>
        <${Button} kind="quiet" disabled=${!isFiltered} onClick=${clear}>${text.users.clear}<//>
      </div>
      ${has('since') && html`<p class="hint zone">${words.zone(zone())}</p>`}
      <${FailureNotice} failure=${own} shown=${FIELDS} />
    </form>
  `;
}

/** @param {Record<string, string>} filters */
const momentsOf = ({ since = '', until = '' }) => ({ since: momentOf(since, 'since'), until: momentOf(until, 'until') });

// The filters of the fields. Those that were not touched stay what a link has said, to the fraction.
/**
 * @param {ReturnType<typeof momentsOf>} moments
 * @param {Record<string, string>} filters
 */
function instantsOf(moments, filters) {
  const before = momentsOf(filters);
  const instants = ENDS.map((end) => {
    const isSame = JSON.stringify(before[end]) === JSON.stringify(moments[end]);
    return [end, isSame && moments[end].day ? (filters[end] ?? '') : instantOf(moments[end], end)];
  });
  return /** @type {Record<string, string>} */ (Object.fromEntries(instants));
}

/**
 * @param {HTMLFormElement} form
 * @param {ReturnType<typeof momentsOf>} moments
 */
function faultsOf(form, moments) {
  const faults = ENDS.map((field) => ({ field, message: faultOf(form, field, moments[field]) }));
  const wrong = faults.filter(({ message }) => message);
  const [since, until] = wrong.length ? [] : ENDS.map((end) => instantOf(moments[end], end));
  if (since && until && since >= until) wrong.push({ field: 'until', message: words.backwards });
  return wrong;
}

// The id of the user with the name that stands in a field. Digits are an id.
/**
 * @param {string} field
 * @param {Record<string, string>} values
 * @param {Fault[]} faults
 */
async function idOf(field, values, faults) {
  const name = (values[field] ?? '').trim();
  if (!name || /^\d+$/.test(name)) return name;
  const params = { query: { name, limit: 1 } };
  const found = await call(() => client.GET('/users', { params })).catch((error) => refusal(error, field, faults));
  const [user] = found?.userList.users ?? [];
  if (!user && found) faults.push({ field, message: words.noSuchUser(name) });
  return user ? String(user.id) : '';
}

// A name that no user can have is refused: that is one more fault.
/**
 * @param {unknown} error
 * @param {string} field
 * @param {Fault[]} faults
 */
function refusal(error, field, faults) {
  if (!(error instanceof Failure) || error.status !== 400) throw error;
  const [fault] = error.naming(['name']).errors;
  faults.push({ field, message: fault?.message ?? error.words });
  return null;
}
