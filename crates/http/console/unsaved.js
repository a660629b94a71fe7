// Edits that are not saved. The console asks before they are lost.

import { Confirm } from './confirm.js';
import { html, useLayoutEffect } from './html.js';
import { guard } from './route.js';
import { store } from './store.js';
import { text } from './text.js';

/** @typedef {typeof text.unsaved} Words */

/** @type {Map<object, Words>} */
const edits = new Map();

// The action that follows a consent to the loss, and how the console asks for it.
const asking = store(/** @type {{ discard: () => void, words: Words } | null} */ (null));

// Counts edits as unsaved while `isUnsaved`. At once, so that a place can be left just after a saving.
/**
 * @param {boolean} isUnsaved
 * @param {Words} [words]
 */
export function useUnsaved(isUnsaved, words = text.unsaved) {
  useLayoutEffect(() => {
    if (!isUnsaved) return;
    const own = {};
    edits.set(own, words);
    return () => void edits.delete(own);
  }, [isUnsaved]);
}

// What was edited is gone, for example with its user.
export const forgetEdits = () => edits.clear();

/**
 * @param {() => void} discard
 * @param {Words} [words]
 */
export const askToDiscard = (discard, words = text.unsaved) => asking.set({ discard, words });

// Whether nothing would be lost. If not, it is asked, and `leave` follows a consent.
/** @param {() => void} leave */
function mayLeave(leave) {
  if (!edits.size) return true;
  const discard = () => {
    forgetEdits();
    leave();
  };
  // A dialog is above the page: the question is about what was typed last.
  askToDiscard(discard, [...edits.values()].at(-1));
  return false;
}

// Does `work`, which drops what was typed, at once or after a consent.
/** @param {() => void} work */
export function dropping(work) {
  if (mayLeave(work)) work();
}

export function guardEdits() {
  guard(mayLeave);
  addEventListener('beforeunload', (event) => {
    if (edits.size) event.preventDefault();
  });
}

export function AskToDiscard() {
  const asked = asking.use();
  if (!asked) return null;
  const { words } = asked;
  const discard = () => {
    asking.set(null);
    asked.discard();
  };
  return html`
    <${Confirm} title=${words.title} why=${words.why} yes=${words.discard} no=${words.keep}
      onYes=${discard} onNo=${() => asking.set(null)} />
  `;
}
