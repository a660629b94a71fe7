// The own user: details, password, sessions and keys.

import { announce, useAction } from './actions.js';
import { call, client, has } from './api.js';
import { requireFilled } from './failure.js';
import { html, useState } from './html.js';
import { Keys } from './keys.js';
import { submitting } from './log-in.js';
import { Button, FailureNotice, PasswordField, Roles, Section, Status, Time } from './parts.js';
import { isAdmin, logIn, readMe } from './session.js';
import { Sessions } from './sessions.js';
import { text } from './text.js';
import { useUnsaved } from './unsaved.js';
import { UserForm } from './user-form.js';

/** @typedef {import('./session.js').User} User */

const words = text.me;

/** @param {{ me: User }} properties */
export const Me = ({ me }) => html`
  <header class="page-header"><div>
    <h1>${words.title}</h1>
    <p class="facts"><${Status} status=${me.status} /> <${Roles} roles=${me.roles} />
      <span>${text.user.id(me.id)}</span><span>${text.user.created} <${Time} value=${me.createTime} /></span></p>
  </div></header>
  <div class="columns">
    <div class="column">
      <${Section} title=${text.user.details}>
        <${UserForm} user=${me} isAdmin=${isAdmin(me)} saved=${readMe} />
      <//>
      <${Section} title=${words.password}><${OwnPassword} me=${me} /><//>
    </div>
    <div class="column">
      <${Sessions} userId=${me.id} isOwn=${true} changes=${me.version} />
      ${has('GET /users/{userId}/keys') && html`<${Keys} userId=${me.id} changes=${me.version} />`}
    </div>
  </div>
`;

/** @param {{ me: User }} properties */
function OwnPassword({ me }) {
  const [current, setCurrent] = useState('');
  const [password, setPassword] = useState('');
  const { isPending, failure, run } = useAction(async () => {
    requireFilled({ currentPlaintextPassword: current, plaintextPassword: password });
    const params = { path: { userId: me.id } };
    const body = { userInfo: { plaintextPassword: password, currentPlaintextPassword: current } };
    await call(() => client.PATCH('/users/{userId}', { params, body }));
    // The change has ended every session, this one too.
    await logIn(me.name, password);
    setCurrent('');
    setPassword('');
    announce(words.passwordChanged);
  });
  useUnsaved(Boolean(current || password));
  return html`
    <form novalidate onSubmit=${submitting(run)}>
      <p class="hint">${words.passwordEffect}</p>
      <${FailureNotice} failure=${failure} shown=${['plaintextPassword', 'currentPlaintextPassword']} />
      <input class="only-read" type="text" name="username" autocomplete="username" value=${me.name} readonly tabindex="-1" aria-hidden="true" />
      <${PasswordField} label=${text.password.current} autocomplete="current-password" value=${current}
        error=${failure?.about('currentPlaintextPassword')} onInput=${setCurrent} />
      <${PasswordField} label=${text.password.new} hint=${text.password.rules} autocomplete="new-password"
        value=${password} error=${failure?.about('plaintextPassword')} onInput=${setPassword} />
      <div class="buttons">
        <${Button} type="submit" kind="primary" isPending=${isPending}>${words.changePassword}<//>
      </div>
    </form>
  `;
}
