// The details of a user, which are saved for the version that was shown. If another change came first,
// both are shown side by side.

import { announce, useAction } from './actions.js';
import { call, client } from './api.js';
import { html, useEffect, useState } from './html.js';
import { submitting } from './log-in.js';
import { Merge } from './merge.js';
import { Button, FailureNotice, Field } from './parts.js';
import { RolesField, withTyped } from './roles-field.js';
import { text } from './text.js';
import { useUnsaved } from './unsaved.js';
import { FIELDS, changedFields, fieldsOf, hasConflict, loadUser } from './user-fields.js';

/** @typedef {import('./session.js').User} User */
/** @typedef {import('./user-fields.js').Fields} Fields */

const words = text.form;

/** @param {{ user: User, isAdmin: boolean, saved: (user: User) => Promise<void> }} properties */
export function UserForm({ user, isAdmin, saved }) {
  // The user as shown when the editing began, and what was typed since.
  const [base, setBase] = useState(user);
  const [mine, setMine] = useState(fieldsOf(user));
  const [role, setRole] = useState('');
  // Blanks around a value come from pasting it.
  const wanted = { ...mine, name: mine.name.trim(), email: mine.email.trim(), roles: withTyped(mine.roles, role) };
  const [theirs, setTheirs] = useState(/** @type {User | null} */ (null));
  // Shows the saved user. What was typed while the saving took its time stays.
  /** @param {User} next @param {Fields} [sent] */
  const begin = (next, sent) => {
    setBase(next);
    setMine((now) => ({ ...fieldsOf(next), ...(sent && changedFields(sent, now)) }));
    setRole((now) => (sent && now !== role ? now : ''));
    setTheirs(null);
  };
  /** @param {Fields} own @param {User} others */
  const compare = (own, others) => {
    setMine(own);
    setRole('');
    setTheirs(others);
  };
  useEffect(() => {
    if (user.version === base.version) return;
    const edits = changedFields(fieldsOf(base), mine);
    if (hasConflict(base, wanted, user)) {
      compare(wanted, user);
      return;
    }
    setBase(user);
    setMine({ ...fieldsOf(user), ...edits });
  }, [user.version]);
  const { isPending, failure, run, reset } = useAction(async (/** @type {Fields} */ own, /** @type {User} */ on) => {
    const outcome = await save(on, own);
    if (!outcome.isSaved) {
      compare(own, outcome.user);
      return;
    }
    begin(outcome.user, theirs ? undefined : mine);
    announce(words.saved(outcome.user.name));
    await saved(outcome.user);
  });
  const isDirty = Object.keys(changedFields(fieldsOf(base), wanted)).length > 0;
  useUnsaved(isDirty || theirs !== null);
  const set = (/** @type {Partial<Fields>} */ changed) => setMine({ ...mine, ...changed });
  if (theirs) {
    const cancel = () => {
      reset();
      begin(theirs);
      void saved(theirs);
    };
    return html`
      <${FailureNotice} failure=${failure} />
      <${Merge} key=${theirs.version} base=${base} mine=${mine} theirs=${theirs} isAdmin=${isAdmin} isPending=${isPending}
        save=${(/** @type {Fields} */ merged) => run(merged, theirs)} cancel=${cancel} />
    `;
  }
  const message = failure?.status === 404 ? words.deleted : '';
  return html`
    <form class="details" novalidate onSubmit=${submitting(() => run(wanted, base))}>
      <${FailureNotice} failure=${failure} shown=${FIELDS} message=${message} />
      <${Inputs} mine=${mine} set=${set} role=${role} setRole=${setRole} isAdmin=${isAdmin} failure=${failure} />
      <div class="buttons">
        <${Button} type="submit" kind="primary" isPending=${isPending} disabled=${!isDirty}>${words.save}<//>
        <${Button} disabled=${!isDirty} onClick=${() => { reset(); begin(user); }}>${words.revert}<//>
      </div>
    </form>
  `;
}

// Sends the changed fields. Returns the saved user, or the user as someone else has changed it.
/**
 * @param {User} on
 * @param {Fields} wanted
 */
async function save(on, wanted) {
  const params = { path: { userId: on.id }, header: { 'If-Match': `"${on.version}"` } };
  const body = { userInfo: changedFields(fieldsOf(on), wanted) };
  try {
    return { isSaved: true, ...(await call(() => client.PATCH('/users/{userId}', { params, body }))) };
  } catch (error) {
    if (/** @type {{ status?: number }} */ (error).status !== 412) throw error;
    const user = await loadUser(on.id);
    // The answer to an earlier attempt was lost, or another person did the same.
    const isSaved = !Object.keys(changedFields(fieldsOf(user), { ...fieldsOf(user), ...body.userInfo })).length;
    return { isSaved, user };
  }
}

/** @param {{ mine: Fields, set: (changed: Partial<Fields>) => void, role: string, setRole: (role: string) => void, isAdmin: boolean, failure: import('./parts.js').MaybeFailure }} properties */
function Inputs({ mine, set, role, setRole, isAdmin, failure }) {
  return html`
    <${Field} label=${text.users.name} name="name" autocomplete="off" autocapitalize="off" spellcheck=${false}
      value=${mine.name} error=${failure?.about('name')}
      onInput=${(/** @type {any} */ event) => set({ name: event.target.value })} />
    <${Field} label=${text.users.email} name="email" inputmode="email" autocomplete="off" autocapitalize="off"
      hint=${words.emailHint} value=${mine.email} error=${failure?.about('email')}
      onInput=${(/** @type {any} */ event) => set({ email: event.target.value })} />
    ${isAdmin &&
    html`
      <${Field} label=${text.users.status} error=${failure?.about('status')}>
        ${(/** @type {object} */ attributes) => html`
          <select ...${attributes} name="status" value=${mine.status}
            onChange=${(/** @type {any} */ event) => set({ status: event.target.value })}>
            <option value="ENABLED">${text.status('ENABLED')}</option>
            <option value="DISABLED">${text.status('DISABLED')}</option>
          </select>
        `}
      <//>
      <${RolesField} roles=${mine.roles} typed=${role} setTyped=${setRole} error=${failure?.about('roles')}
        change=${(/** @type {Fields['roles']} */ roles) => set({ roles })} />
    `}
  `;
}
