// A secret that is shown once, to be copied.

import { html, useEffect, useRef, useState } from './html.js';
import { Button, Dialog, Field } from './parts.js';
import { text } from './text.js';
import { askToDiscard, useUnsaved } from './unsaved.js';

// So many characters fit into a row of the dialog on a phone.
const ROW = 36;

/** @param {{ label: string, value: string }} properties */
function Secret({ label, value }) {
  const [isCopied, setCopied] = useState(false);
  const input = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  // The button that made the secret is gone.
  useEffect(() => input.current?.focus(), []);
  // All of it is seen, also on a phone.
  const rows = value.length > ROW ? 2 : 1;
  const copy = async () => {
    // A browser may refuse: the field can be selected then.
    await navigator.clipboard.writeText(value).then(() => setCopied(true)).catch(() => setCopied(false));
  };
  return html`
    <${Field} label=${label} hint=${text.common.shownOnce}>
      ${(/** @type {object} */ attributes) => html`
        <div class="with-button">
          <textarea ref=${input} class="secret code" rows=${rows} readonly value=${value} ...${attributes}
            onFocus=${(/** @type {any} */ event) => event.target.select()} />
          <${Button} onClick=${copy}>${isCopied ? text.common.copied : text.common.copy}<//>
        </div>
      `}
    <//>
  `;
}

// A dialog with a secret. It stays until the person has copied the secret, or consents to the loss.
/** @param {{ title: string, label: string, value: string, close: () => void, children?: unknown }} properties */
export function SecretDialog({ title, label, value, close, children }) {
  useUnsaved(true, text.uncopied);
  return html`
    <${Dialog} title=${title} onClose=${() => askToDiscard(close, text.uncopied)}>
      <${Secret} label=${label} value=${value} />
      ${children}
      <div class="buttons"><${Button} kind="primary" onClick=${close}>${text.common.haveCopied}<//></div>
    <//>
  `;
}
