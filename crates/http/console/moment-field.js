// Asks for a day and, if wanted, a time of that day.

import { html, useId } from './html.js';
import { text } from './text.js';

/** @typedef {import('./moments.js').Moment} Moment */

const words = text.audit;

/** @param {{ name: string, label: string, value: Moment, onInput: (value: Moment) => void, error: string }} properties */
export function MomentField({ name, label, value, onInput, error }) {
  const id = useId();
  const input = (/** @type {keyof Moment} */ part, /** @type {string} */ type) => html`
    <input type=${type} name="${name}-${part}" aria-label=${words.part(label, part)} value=${value[part]}
      step=${value.time.length > 5 && part === 'time' ? 1 : undefined}
      aria-invalid=${error ? 'true' : undefined} aria-describedby=${error ? `${id}-error` : undefined}
      onInput=${(/** @type {any} */ event) => onInput({ ...value, [part]: event.target.value })} />
  `;
  return html`
    <fieldset class="field moment">
      <legend>${label}</legend>
      <div class="with-button">${input('day', 'date')}${input('time', 'time')}</div>
      ${error && html`<p class="error" id="${id}-error">${error}</p>`}
    </fieldset>
  `;
}

// The fault of the day and the time in the fields of this name, for a person. Browsers give no value for
// a text that is typed in part.
/**
 * @param {HTMLFormElement} form
 * @param {string} name
 * @param {Moment} moment
 */
export function faultOf(form, name, { day, time }) {
  const isPartial = (/** @type {string} */ part) =>
    form.querySelector(`[name=${name}-${part}]`)?.matches(':invalid') ?? false;
  if (isPartial('day')) return words.noDay;
  if (isPartial('time')) return words.noTime;
  return time && !day ? words.dayMissing : '';
}
