// Two changes of one user, side by side: each field before, as typed here, and as another person has
// saved it. One value is chosen for each field.

import { html, useId, useState } from './html.js';
import { Author, useLastChanges } from './last-changes.js';
import { submitting } from './log-in.js';
import { Button } from './parts.js';
import { text } from './text.js';
import { FIELDS, changedFields, fieldsOf, mergedRoles, shownValue } from './user-fields.js';

/** @typedef {import('./session.js').User} User */
/** @typedef {import('./user-fields.js').Fields} Fields */
/** @typedef {import('./user-fields.js').FieldName} FieldName */
/** @typedef {'mine' | 'theirs' | 'both'} Choice */

const words = text.merge;

/** @param {{ base: User, mine: Fields, theirs: User, isAdmin: boolean, isPending: boolean, save: (merged: Fields) => Promise<void>, cancel: () => void }} properties */
export function Merge({ base, mine, theirs, isAdmin, isPending, save, cancel }) {
  const [before, saved] = [fieldsOf(base), fieldsOf(theirs)];
  const own = changedFields(before, mine);
  const others = changedFields(before, saved);
  const both = { ...saved, roles: mergedRoles(before.roles, mine.roles, saved.roles) };
  const values = { mine, theirs: saved, both };
  // A field that one of the two has changed takes that change.
  const [choices, setChoices] = useState(
    /** @returns {Record<string, Choice>} */ () => {
      const choose = (/** @type {FieldName} */ name) => (name in own ? (name in others ? firstChoice(name) : 'mine') : 'theirs');
      return Object.fromEntries(FIELDS.map((name) => [name, choose(name)]));
    },
  );
  const chosen = /** @type {Fields} */ (
    Object.fromEntries(FIELDS.map((name) => [name, values[choices[name] ?? 'theirs'][name]]))
  );
  // Status and roles are for admins.
  const isOwn = (/** @type {FieldName} */ name) => isAdmin || name === 'name' || name === 'email';
  const entries = useLastChanges(theirs.id, isAdmin);
  const shown = FIELDS.filter((name) => isOwn(name) && (name in own || name in others));
  const choose = (/** @type {FieldName} */ name, /** @type {Choice} */ choice) =>
    setChoices({ ...choices, [name]: choice });
  return html`
    <form class="merge" onSubmit=${submitting(() => save(chosen))}>
      <div class="notice failure" role="alert"><p><strong>${words.title}</strong></p><p>${words.why}</p></div>
      <table class="stacked">
        <caption class="only-read">${words.title}</caption>
        <thead><tr><th scope="col">${words.field}</th><th scope="col">${words.before}</th>
          <th scope="col">${words.mine}</th><th scope="col">${words.theirs}</th></tr></thead>
        <tbody>
          ${shown.map(
            (name) => html`
              <${Row} key=${name} name=${name} before=${before} values=${values} choice=${choices[name]}
                isConflict=${name in own && name in others}
                entry=${name in others ? entries[name] : undefined} choose=${choose} />
            `,
          )}
        </tbody>
      </table>
      <div class="buttons">
        <${Button} type="submit" kind="primary" isPending=${isPending}>${words.save}<//>
        <${Button} onClick=${cancel}>${words.discard}<//>
      </div>
    </form>
  `;
}

/** @param {FieldName} name */
const firstChoice = (name) => (name === 'roles' ? 'both' : 'mine');

/** @param {{ name: FieldName, before: Fields, values: Record<Choice, Fields>, choice?: Choice, isConflict: boolean, entry?: import('./last-changes.js').Entry, choose: Function }} properties */
function Row({ name, before, values, choice, isConflict, entry, choose }) {
  const group = useId();
  const option = (/** @type {Choice} */ kind) => html`
    <label class="choice">
      <input type="radio" name=${group} checked=${choice === kind} onChange=${() => choose(name, kind)}
        aria-label=${words.take(text.field(name), kind)} />
      <${Value} fields=${values[kind]} name=${name} />
    </label>
  `;
  const isOfRoles = name === 'roles' && isConflict;
  return html`
    <tr class=${isConflict ? 'conflict' : ''}>
      <th scope="row">${text.field(name)}${isConflict && html` <span class="badge bad">${words.conflict}</span>`}</th>
      <td data-label=${words.before}><${Value} fields=${before} name=${name} /></td>
      <td data-label=${words.mine}>${option('mine')}</td>
      <td data-label=${words.theirs}><div>${option('theirs')}<${Author} entry=${entry} />
        ${isOfRoles && html`<p class="both-label">${words.both}</p>${option('both')}`}</div></td>
    </tr>
  `;
}

/** @param {{ fields: Fields, name: FieldName }} properties */
function Value({ fields, name }) {
  const value = shownValue(fields, name);
  if (!value) return html`<span class="none">${text.common.none}</span>`;
  return html`<span class="value">${name === 'status' ? text.status(value) : value}</span>`;
}
