// The sessions of a user, of which each can be ended.

import { Ago } from './ago.js';
import { announce, useAction, useLoad } from './actions.js';
import { call, client } from './api.js';
import { Confirm } from './confirm.js';
import { html, useState } from './html.js';
import { Button, FailureNotice, Section, SkeletonRows, exactTime } from './parts.js';
import { text } from './text.js';

/** @typedef {import('./contract').components['schemas']['Session']} Session */

const words = text.sessions;

/** @param {{ userId: number, isOwn: boolean, changes?: number, changed?: () => void }} properties */
export function Sessions({ userId, isOwn, changes = 0, changed }) {
  const params = { path: { userId } };
  const { content, failure, isLoading, reload } = useLoad(
    async () => (await call(() => client.GET('/users/{userId}/sessions', { params }))).sessionList.sessions,
    [userId, changes],
  );
  const all = [...(content ?? [])].sort(byUse);
  // The page reads all again that depends on the sessions, or only the sessions are on it.
  const refresh = async () => (changed ? changed() : reload());
  // The session of this page is kept: without it nothing more could be ended.
  const ended = all.filter((one) => !one.current);
  const [isAsking, setAsking] = useState(false);
  const end = useAction(async () => {
    setAsking(false);
    if (isOwn) for (const one of ended) await endOne(userId, one.id);
    else await call(() => client.DELETE('/users/{userId}/sessions', { params }));
    announce(words.allEnded);
    await refresh();
  });
  const actions = html`
    <${Button} kind="danger quiet" disabled=${!ended.length} isPending=${end.isPending}
      onClick=${() => setAsking(true)}>
      ${isOwn ? words.endOthers : words.endAll}<//>
  `;
  return html`
    <${Section} title=${words.title} actions=${actions} isBusy=${isLoading}>
      <${FailureNotice} failure=${failure ?? end.failure} retry=${failure ? reload : undefined} />
      ${content && !all.length
        ? html`<p class="empty">${words.none}</p>`
        : html`
          <table class="stacked">
            <caption class="only-read">${words.title}</caption>
            <thead><tr><th scope="col">${words.began}</th><th scope="col">${words.lastUsed}</th>
              <th scope="col">${words.address}</th><th scope="col"><span class="only-read">${words.action}</span></th></tr></thead>
            <tbody>
              ${!content && !failure && html`<${SkeletonRows} rows=${2} columns=${4} />`}
              ${all.map((one) => html`<${Row} key=${one.id} userId=${userId} one=${one} refresh=${refresh} />`)}
            </tbody>
          </table>
        `}
      ${isAsking && html`
        <${Confirm} title=${isOwn ? words.endOthersTitle : words.endAllTitle} why=${isOwn ? words.endOthersWhy : words.endAllWhy}
          yes=${words.endYes} onYes=${end.run} onNo=${() => setAsking(false)} />
      `}
    <//>
  `;
}

// This page comes first, then the session that was used last.
/** @param {Session} one @param {Session} other */
const byUse = (one, other) =>
  Number(other.current) - Number(one.current) ||
  other.lastUseTime.localeCompare(one.lastUseTime) ||
  other.beginTime.localeCompare(one.beginTime);

/** @param {{ userId: number, one: Session, refresh: () => Promise<void> }} properties */
function Row({ userId, one, refresh }) {
  const { isPending, failure, run } = useAction(async () => {
    await endOne(userId, one.id);
    announce(words.ended);
    await refresh();
  });
  return html`
    <tr>
      <td data-label=${words.began}><${Ago} value=${one.beginTime} /></td>
      <td data-label=${words.lastUsed}><${Ago} value=${one.lastUseTime} /></td>
      <td data-label=${words.address} class="address">${one.address ?? html`<span class="none">${text.common.unknown}</span>`}</td>
      <td class="row-action">
        ${one.current
          ? html`<span class="badge good">${words.current}</span>`
          : html`<${Button} kind="quiet danger" isPending=${isPending} onClick=${run}
              aria-label=${words.endNamed(one.address ?? text.common.unknown, exactTime(one.beginTime))}>${words.end}<//>`}
        <${FailureNotice} failure=${failure} />
      </td>
    </tr>
  `;
}

// A session that has ended already is one that was to be ended.
/**
 * @param {number} userId
 * @param {number} sessionId
 */
async function endOne(userId, sessionId) {
  const params = { path: { userId, sessionId } };
  try {
    await call(() => client.DELETE('/users/{userId}/sessions/{sessionId}', { params }));
  } catch (error) {
    if (/** @type {{ status?: number }} */ (error).status !== 404) throw error;
  }
}
