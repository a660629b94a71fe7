// Who has last changed each field of a user, and when, from the audit log.

import { useLoad } from './actions.js';
import { Ago } from './ago.js';
import { call, client, has } from './api.js';
import { html } from './html.js';
import { text } from './text.js';

/** @typedef {import('./contract').components['schemas']['AuditEntry']} Entry */

const MOST = 50;

// The newest entry of each field. The log is read for admins alone; without it the changes have no author.
/**
 * @param {number} userId
 * @param {boolean} isAdmin
 * @returns {Record<string, Entry>}
 */
export function useLastChanges(userId, isAdmin) {
  const { content } = useLoad(async () => (isAdmin && has('GET /audit') ? newest(userId) : {}), [userId]);
  return content ?? {};
}

/** @param {number} userId */
async function newest(userId) {
  const query = { userId, action: /** @type {const} */ ('USER_CHANGED'), limit: MOST };
  const { entries } = (await call(() => client.GET('/audit', { params: { query } }))).auditLog;
  // The log begins with the newest entry, which is put in last.
  const pairs = entries.toReversed().flatMap((entry) => entry.changes.map(({ field }) => [field, entry]));
  return /** @type {Record<string, Entry>} */ (Object.fromEntries(pairs));
}

/** @param {{ entry?: Entry }} properties */
export const Author = ({ entry }) =>
  entry ? html`
    <div class="author hint">
      <${Ago} value=${entry.time} before=${text.merge.by(entry.actorName ?? text.actor(entry.actor))} />
    </div>
  ` : null;
