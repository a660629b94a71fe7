// A question before something that can't be undone. The focus is on the answer that does nothing.

import { html } from './html.js';
import { Button, Dialog } from './parts.js';
import { text } from './text.js';

/** @param {{ title: string, why: string, yes: string, no?: string, onYes: () => void, onNo: () => void }} properties */
export const Confirm = ({ title, why, yes, no = text.common.cancel, onYes, onNo }) => html`
  <${Dialog} title=${title} onClose=${onNo}>
    <p>${why}</p>
    <div class="buttons">
      <${Button} onClick=${onNo}>${no}<//>
      <${Button} kind="danger" onClick=${onYes}>${yes}<//>
    </div>
  <//>
`;
