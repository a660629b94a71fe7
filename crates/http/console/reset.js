// The page of a person who has a reset code from an admin. It needs no log-in.

import { useAction } from './actions.js';
import { anonymous, call, has } from './api.js';
import { requireFilled } from './failure.js';
import { html, useState } from './html.js';
import { submitting } from './log-in.js';
import { Button, FailureNotice, Field, PasswordField } from './parts.js';
import { text } from './text.js';
import { useUnsaved } from './unsaved.js';

const words = text.reset;

export function Reset() {
  const [code, setCode] = useState('');
  const [password, setPassword] = useState('');
  const [isDone, setDone] = useState(false);
  const { isPending, failure, run } = useAction(async () => {
    requireFilled({ code, plaintextPassword: password });
    const body = { resetCode: { code: code.trim(), plaintextPassword: password } };
    await call(() => anonymous.POST('/reset-codes', { body }));
    setDone(true);
  });
  useUnsaved(!isDone && Boolean(code || password));
  const back = html`<p><a href="#/">${words.toLogIn}</a></p>`;
  if (!has('POST /reset-codes')) return html`<p>${text.nowhere}</p>${back}`;
  if (isDone) return html`<p role="status">${words.done}</p>${back}`;
  return html`
    <form novalidate onSubmit=${submitting(run)}>
      <p>${words.explain}</p>
      <${FailureNotice} failure=${failure} shown=${['code', 'plaintextPassword']} />
      <${Field} label=${words.code} name="code" class="code" autocomplete="one-time-code" autocapitalize="off" spellcheck=${false}
        value=${code} error=${failure?.about('code')} onInput=${(/** @type {any} */ event) => setCode(event.target.value)} />
      <${PasswordField} label=${text.password.new} hint=${text.password.rules} autocomplete="new-password"
        value=${password} error=${failure?.about('plaintextPassword')} onInput=${setPassword} />
      <${Button} type="submit" kind="primary wide" isPending=${isPending}>${words.submit}<//>
      ${back}
    </form>
  `;
}
