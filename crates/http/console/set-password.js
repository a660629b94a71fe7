// An admin gives another user a password.

import { announce, useAction } from './actions.js';
import { call, client } from './api.js';
import { html, useState } from './html.js';
import { submitting } from './log-in.js';
import { Button, Dialog, FailureNotice, PasswordField } from './parts.js';
import { text } from './text.js';
import { askToDiscard, useUnsaved } from './unsaved.js';

/** @typedef {import('./session.js').User} User */

const words = text.password;

/** @param {{ user: User, saved: (user: User) => Promise<void>, close: () => void }} properties */
export function SetPassword({ user, saved, close }) {
  const [password, setPassword] = useState('');
  const { isPending, failure, run } = useAction(async () => {
    const params = { path: { userId: user.id } };
    const body = { userInfo: { plaintextPassword: password } };
    const changed = await call(() => client.PATCH('/users/{userId}', { params, body }));
    announce(words.set(user.name));
    close();
    await saved(changed.user);
  });
  useUnsaved(password !== '');
  const cancel = () => (password ? askToDiscard(close) : close());
  return html`
    <${Dialog} title=${words.title(user.name)} onClose=${cancel}>
      <form novalidate onSubmit=${submitting(run)}>
        <p>${words.effect}</p>
        <${FailureNotice} failure=${failure} shown=${['plaintextPassword']} />
        <${PasswordField} label=${words.new} hint=${words.rules} autocomplete="new-password" value=${password}
          error=${failure?.about('plaintextPassword')} onInput=${setPassword} />
        <div class="buttons">
          <${Button} type="submit" kind="primary" isPending=${isPending}>${words.submit}<//>
          <${Button} onClick=${cancel}>${text.common.cancel}<//>
        </div>
      </form>
    <//>
  `;
}
