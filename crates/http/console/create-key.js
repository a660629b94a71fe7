// The dialog that makes an API key. Its secret is shown once.

import { useAction } from './actions.js';
import { call, client } from './api.js';
import { html, useId, useState } from './html.js';
import { submitting } from './log-in.js';
import { Button, Dialog, FailureNotice, Field, PasswordField } from './parts.js';
import { SecretDialog } from './secret.js';
import { text } from './text.js';
import { askToDiscard, useUnsaved } from './unsaved.js';

/** @typedef {import('./contract').components['schemas']['KeyScope']} Scope */

const words = text.keys;
const SCOPES = /** @type {Scope[]} */ (Object.keys(words.meanings));
const DAY_MS = 86_400_000;
const FIELDS = ['name', 'scopes', 'expireTime', 'currentPlaintextPassword'];
const DAYS = ['30', '90', '365', ''];

/** @param {{ userId: number, close: () => void }} properties */
export function CreateKey({ userId, close }) {
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState(/** @type {Scope[]} */ (['verify']));
  const [days, setDays] = useState('90');
  const [password, setPassword] = useState('');
  const [secret, setSecret] = useState('');
  const scopesErrorId = useId();
  const { isPending, failure, run } = useAction(async () => {
    const expireTime = days ? `${new Date(Date.now() + Number(days) * DAY_MS).toISOString().slice(0, 19)}Z` : null;
    // Left out, an empty password is named together with the other faults.
    const currentPlaintextPassword = password || undefined;
    const body = { keyInfo: { name: name.trim(), scopes, expireTime, currentPlaintextPassword } };
    const params = { path: { userId } };
    setSecret((await call(() => client.POST('/users/{userId}/keys', { params, body }))).secret);
  });
  const isTyped = Boolean(name || password);
  useUnsaved(isTyped && !secret);
  const cancel = () => (isTyped ? askToDiscard(close) : close());
  const scopesError = failure?.about('scopes');
  const toggle = (/** @type {Scope} */ scope) =>
    setScopes(SCOPES.filter((one) => (one === scope ? !scopes.includes(one) : scopes.includes(one))));
  if (secret) return html`<${SecretDialog} title=${words.made} label=${words.secret} value=${secret} close=${close} />`;
  return html`
    <${Dialog} title=${words.createTitle} onClose=${cancel}>
      <form novalidate onSubmit=${submitting(run)}>
        <${FailureNotice} failure=${failure} shown=${FIELDS} />
        <${Field} label=${words.name} hint=${words.nameHint} autocomplete="off" value=${name} error=${failure?.about('name')}
          onInput=${(/** @type {any} */ event) => setName(event.target.value)} />
        <fieldset class="field" aria-describedby=${scopesError ? scopesErrorId : undefined}>
          <legend>${words.scopes}</legend>
          ${SCOPES.map((scope) => html`
            <label class="check" key=${scope}><input type="checkbox" checked=${scopes.includes(scope)}
              aria-invalid=${scopesError ? 'true' : undefined} onChange=${() => toggle(scope)} /> <code>${scope}</code> ${words.meanings[scope]}</label>
          `)}
          ${scopesError && html`<p class="error" id=${scopesErrorId}>${scopesError}</p>`}
        </fieldset>
        <${Field} label=${words.expires} error=${failure?.about('expireTime')}>
          ${(/** @type {object} */ attributes) => html`
            <select ...${attributes} value=${days} onChange=${(/** @type {any} */ event) => setDays(event.target.value)}>
              ${DAYS.map((count) => html`<option key=${count} value=${count}>${words.days(count)}</option>`)}
            </select>
          `}
        <//>
        <${PasswordField} label=${words.ownPassword} autocomplete="current-password" value=${password}
          error=${failure?.about('currentPlaintextPassword')} onInput=${setPassword} />
        <div class="buttons">
          <${Button} type="submit" kind="primary" isPending=${isPending}>${words.submit}<//>
          <${Button} onClick=${cancel}>${text.common.cancel}<//>
        </div>
      </form>
    <//>
  `;
}
