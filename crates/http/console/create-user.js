// The dialog that creates a user, with roles. It leads to the new user.

import { announce, useAction } from './actions.js';
import { call, client } from './api.js';
import { html, useState } from './html.js';
import { submitting } from './log-in.js';
import { Button, Dialog, FailureNotice, Field, PasswordField } from './parts.js';
import { RolesField, requireRole, withTyped } from './roles-field.js';
import { go, hashOf } from './route.js';
import { text } from './text.js';
import { askToDiscard, useUnsaved } from './unsaved.js';
import { loadUser, mergedRoles } from './user-fields.js';

const words = text.create;
const FIELDS = ['name', 'email', 'plaintextPassword', 'roles'];

/** @typedef {import('./session.js').User} User */
/** @typedef {{ name: string, email: string, plaintextPassword: string }} Typed */

/** @param {{ close: () => void }} properties */
export function CreateUser({ close }) {
  const [typed, setTyped] = useState({ name: '', email: '', plaintextPassword: '' });
  const [roles, setRoles] = useState(/** @type {User['roles']} */ ([]));
  const [role, setRole] = useState('');
  // The user, once created: only the roles are left to be given then.
  const [made, setMade] = useState(/** @type {User | null} */ (null));
  const leave = (/** @type {User} */ user) => {
    close();
    go(hashOf(`users/${user.id}`));
  };
  const { isPending, failure, run } = useAction(async () => {
    const wanted = withTyped(roles, role);
    const user = made ?? (await create(typed, setTyped, role));
    setMade(user);
    if (wanted.length) await giveRoles(user, wanted).catch((error) => refresh(user.id, error, setMade));
    announce(words.done(user.name));
    leave(user);
  });
  const isTyped = Object.values(typed).some(Boolean) || roles.length > 0 || role !== '';
  useUnsaved(isTyped);
  const discard = () => (made ? leave(made) : close());
  const cancel = () => (isTyped ? askToDiscard(discard) : discard());
  const typing = (/** @type {string} */ name) => (/** @type {any} */ event) =>
    setTyped({ ...typed, [name]: event.target.value });
  const about = (/** @type {string} */ name) => failure?.about(name);
  return html`
    <${Dialog} title=${words.title} onClose=${cancel}>
      <form novalidate onSubmit=${submitting(run)}>
        ${made && html`<p class="notice" role="status">${words.withoutRoles(made.name)}</p>`}
        <${FailureNotice} failure=${failure} shown=${FIELDS} />
        ${!made && html`<${Field} label=${text.users.name} name="name" autocomplete="off" autocapitalize="off" spellcheck=${false}
          value=${typed.name} onInput=${typing('name')} error=${about('name')} />
        <${Field} label=${text.users.email} name="email" inputmode="email" autocomplete="off" autocapitalize="off"
          aria-required="true" hint=${about('email') ? '' : words.emailHint} value=${typed.email} onInput=${typing('email')} error=${about('email')} />
        <${PasswordField} label=${text.password.password} hint=${text.password.rules} autocomplete="new-password"
          value=${typed.plaintextPassword} error=${about('plaintextPassword')}
          onInput=${(/** @type {string} */ value) => setTyped({ ...typed, plaintextPassword: value })} />`}
        <${RolesField} roles=${roles} typed=${role} setTyped=${setRole} change=${setRoles} error=${about('roles')} />
        <div class="buttons">
          <${Button} type="submit" kind="primary" isPending=${isPending}>${made ? words.giveRoles : words.submit}<//>
          <${Button} onClick=${cancel}>${made ? words.continue : text.common.cancel}<//>
        </div>
      </form>
    <//>
  `;
}

// Creates the user without roles, as the API does. A wrong role is found before.
/**
 * @param {Typed} typed
 * @param {(typed: Typed) => void} setTyped
 * @param {string} role
 */
async function create(typed, setTyped, role) {
  const trimmed = { ...typed, name: typed.name.trim(), email: typed.email.trim() };
  setTyped(trimmed);
  requireRole(role, trimmed);
  return (await call(() => client.POST('/users', { body: { userInfo: trimmed } }))).user;
}

// Roles that another admin has given meanwhile stay.
/** @param {User} user @param {User['roles']} wanted */
async function giveRoles(user, wanted) {
  const params = { path: { userId: user.id }, header: { 'If-Match': `"${user.version}"` } };
  const body = { userInfo: { roles: mergedRoles([], wanted, user.roles) } };
  await call(() => client.PATCH('/users/{userId}', { params, body }));
}

// Shows the user as the user is now, for another attempt.
/** @param {number} id @param {unknown} error @param {(user: User) => void} setMade */
async function refresh(id, error, setMade) {
  if (/** @type {{ status?: number }} */ (error).status === 412) setMade(await loadUser(id));
  throw error;
}
