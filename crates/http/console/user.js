// One user: details, actions, sessions, keys and audit entries. The address can be shared.

import { announce, useAction, useLoad } from './actions.js';
import { call, client, has } from './api.js';
import { UserEntries } from './audit.js';
import { Confirm } from './confirm.js';
import { DeleteUser } from './delete-user.js';
import { html, useEffect, useState } from './html.js';
import { Keys } from './keys.js';
import { Button, FailureNotice, Roles, Section, Status, Time } from './parts.js';
import { ResetCode } from './reset-code.js';
import { hashOf } from './route.js';
import { readMe } from './session.js';
import { Sessions } from './sessions.js';
import { SetPassword } from './set-password.js';
import { text } from './text.js';
import { loadUser } from './user-fields.js';
import { UserForm } from './user-form.js';

/** @typedef {import('./session.js').User} Account */

const words = text.user;

/** @param {{ id: number, me: Account }} properties */
export function User({ id, me }) {
  const { content: user, failure, replace, reload } = useLoad(() => loadUser(id), [id]);
  // Counts the changes, so that sessions and audit entries are read again.
  const [changes, setChanges] = useState(0);
  const changed = () => setChanges((count) => count + 1);
  /** @param {Account} user */
  const saved = async (user) => {
    replace(user);
    changed();
    if (id === me.id) await readMe();
  };
  useEffect(() => {
    if (user) document.title = `${user.name} · ${text.brand}`;
  }, [user?.name]);
  if (!user) return failure ? html`<h1>${words.title}</h1><${FailureNotice} failure=${failure} retry=${reload} />` : html`<${Loading} />`;
  return html`
    <${Head} user=${user} me=${me} saved=${saved} changed=${changed} reload=${reload} />
    <${FailureNotice} failure=${failure} retry=${reload} />
    <div class="columns">
      <${Section} title=${words.details}>
        <${UserForm} user=${user} isAdmin=${true} saved=${saved} />
      <//>
      <div class="column">
        <${Sessions} userId=${id} isOwn=${id === me.id} changes=${changes} changed=${changed} />
        ${has('GET /users/{userId}/keys') && html`<${Keys} userId=${id} changes=${changes} changed=${changed} />`}
      </div>
    </div>
    <${UserEntries} userId=${id} changes=${changes} />
  `;
}

/** @param {{ user: Account, me: Account, saved: (user: Account) => Promise<void>, changed: () => void, reload: () => Promise<void> }} properties */
function Head({ user, me, saved, changed, reload }) {
  const [dialog, setDialog] = useState('');
  const close = () => setDialog('');
  const isOwn = user.id === me.id;
  const isEnabled = user.status === 'ENABLED';
  const { isPending, failure, run } = useAction(async () => {
    close();
    const params = { path: { userId: user.id }, header: { 'If-Match': `"${user.version}"` } };
    const status = /** @type {Account['status']} */ (isEnabled ? 'DISABLED' : 'ENABLED');
    const body = { userInfo: { status } };
    try {
      await saved((await call(() => client.PATCH('/users/{userId}', { params, body }))).user);
      announce(isEnabled ? words.disabled(user.name) : words.enabled(user.name));
    } catch (error) {
      // The page then shows the user as the user is now.
      await reload();
      throw error;
    }
  });
  return html`
    <p class="crumbs"><a href="#/users">${text.nav.users}</a></p>
    <header class="page-header">
      <div>
        <h1>${user.name}</h1>
        <p class="facts"><${Status} status=${user.status} /> <${Roles} roles=${user.roles} />
          <span>${words.id(user.id)}</span><span>${words.version(user.version)}</span>
          <span>${words.created} <${Time} value=${user.createTime} /></span></p>
      </div>
      <div class="buttons">
        <${Button} isPending=${isPending} onClick=${isEnabled ? () => setDialog('disable') : run}>${isEnabled ? words.disable : words.enable}<//>
        ${isOwn
          ? html`<a class="button" href=${hashOf('me')}>${words.ownPassword}</a>`
          : html`<${Button} onClick=${() => setDialog('password')}>${words.setPassword}<//>`}
        ${!isOwn && has('POST /users/{userId}/reset-codes') &&
        html`<${Button} onClick=${() => setDialog('code')}>${text.reset.code}<//>`}
        <${Button} kind="danger" onClick=${() => setDialog('delete')}>${words.delete}<//>
      </div>
    </header>
    <${FailureNotice} failure=${failure} message=${failure?.status === 404 ? words.deleted : ''} />
    ${dialog === 'password' && html`<${SetPassword} user=${user} saved=${saved} close=${close} />`}
    ${dialog === 'disable' && html`
      <${Confirm} title=${words.disableTitle(user.name)} why=${words.disableWhy} yes=${words.disable} onYes=${run} onNo=${close} />
    `}
    ${dialog === 'code' && html`<${ResetCode} user=${user} close=${() => { close(); changed(); }} />`}
    ${dialog === 'delete' && html`<${DeleteUser} user=${user} close=${close} />`}
  `;
}

// Takes the space of the page that comes.
const Loading = () => html`
  <div class="loading" aria-busy="true">
    <h1 class="only-read">${text.common.loading}</h1>
    <div class="placeholder head"></div>
    <div class="columns"><div class="placeholder tall"></div><div class="placeholder tall"></div></div>
  </div>
`;
