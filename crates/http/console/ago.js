// How long ago a time was, above the time itself.

import { html } from './html.js';
import { Time } from './parts.js';
import { store } from './store.js';
import { text } from './text.js';

const TICK_MS = 15_000;

const now = store(Date.now());
setInterval(() => now.set(Date.now()), TICK_MS);

/** @param {{ value: string, before?: string }} properties */
export function Ago({ value, before = '' }) {
  const seconds = (now.use() - Date.parse(value)) / 1000;
  return html`
    <div class="ago"><p>${before}${text.ago(seconds)}</p><p class="hint"><${Time} value=${value} isExact /></p></div>
  `;
}
