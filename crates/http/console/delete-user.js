// Deletes a user, once the name was typed again. The portal set has this operation.

import { announce, useAction } from './actions.js';
import { call, client } from './api.js';
import { html, useState } from './html.js';
import { submitting } from './log-in.js';
import { Button, Dialog, FailureNotice, Field } from './parts.js';
import { go, hashOf } from './route.js';
import { text } from './text.js';
import { forgetEdits } from './unsaved.js';

const words = text.delete;

/** @param {{ user: import('./session.js').User, close: () => void }} properties */
export function DeleteUser({ user, close }) {
  const [typed, setTyped] = useState('');
  const { isPending, failure, run } = useAction(async () => {
    // The tag of the portal set has the id, so that it matches no later user of the same name.
    const header = { 'If-Match': `"${user.id}.${user.version}"` };
    const params = { path: { user: user.name }, header };
    await call(() => client.DELETE('/api/v1/users/{user}', { params }));
    announce(words.done(user.name));
    close();
    forgetEdits();
    go(hashOf('users'));
  });
  const message = failure?.status === 412 ? words.changed : '';
  const advice = failure?.status === 409 ? text.advice['last-admin'] : '';
  return html`
    <${Dialog} title=${words.title(user.name)} onClose=${close}>
      <form onSubmit=${submitting(run)}>
        <p>${words.effect}</p>
        <${FailureNotice} failure=${failure} message=${message} />
        ${advice && html`<p>${advice}</p>`}
        <${Field} label=${words.typeName(user.name)} autocomplete="off" autocapitalize="off" spellcheck=${false}
          value=${typed} onInput=${(/** @type {any} */ event) => setTyped(event.target.value)} />
        <div class="buttons">
          <${Button} type="submit" kind="danger" isPending=${isPending} disabled=${typed !== user.name}>${words.submit}<//>
          <${Button} onClick=${close}>${text.common.cancel}<//>
        </div>
      </form>
    <//>
  `;
}
