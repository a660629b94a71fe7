// An admin makes a reset code for a user. It is shown once.

import { useAction } from './actions.js';
import { call, client } from './api.js';
import { html, useState } from './html.js';
import { Button, Dialog, FailureNotice, Time } from './parts.js';
import { SecretDialog } from './secret.js';
import { text } from './text.js';

/** @typedef {import('./contract').components['schemas']['ResetCode']} Code */

const words = text.reset;

/** @param {{ user: import('./session.js').User, close: () => void }} properties */
export function ResetCode({ user, close }) {
  const [made, setMade] = useState(/** @type {Code | null} */ (null));
  const { isPending, failure, run } = useAction(async () => {
    const params = { path: { userId: user.id } };
    setMade((await call(() => client.POST('/users/{userId}/reset-codes', { params }))).resetCode);
  });
  const title = words.codeFor(user.name);
  if (made) return html`
    <${SecretDialog} title=${title} label=${words.code} value=${made.code} close=${close}>
      <p>${words.handOver} <${Time} value=${made.expireTime} />.</p>
    <//>
  `;
  return html`
    <${Dialog} title=${title} onClose=${close}>
      <${FailureNotice} failure=${failure} />
      <p>${words.effect}</p>
      <div class="buttons">
        <${Button} kind="primary" isPending=${isPending} onClick=${run}>${words.make}<//>
        <${Button} onClick=${close}>${text.common.cancel}<//>
      </div>
    <//>
  `;
}
