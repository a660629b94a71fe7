// The API keys of a user: each can be ended, and new ones be made.

import { announce, useAction, useLoad } from './actions.js';
import { call, client } from './api.js';
import { Confirm } from './confirm.js';
import { CreateKey } from './create-key.js';
import { html, useState } from './html.js';
import { Badges, Button, FailureNotice, Section, Time } from './parts.js';
import { text } from './text.js';

/** @typedef {import('./contract').components['schemas']['ApiKey']} Key */

const words = text.keys;

/** @param {{ userId: number, changes?: number, changed?: () => void }} properties */
export function Keys({ userId, changes = 0, changed }) {
  const [isCreating, setCreating] = useState(false);
  const { content, failure, isLoading, reload } = useLoad(async () => {
    const params = { path: { userId } };
    return (await call(() => client.GET('/users/{userId}/keys', { params }))).keyList.keys;
  }, [userId, changes]);
  const keys = content ?? [];
  // The page reads all again that depends on the keys, or only the keys are on it.
  const refresh = async () => (changed ? changed() : reload());
  const [isAsking, setAsking] = useState(false);
  const end = useAction(async () => {
    setAsking(false);
    for (const key of keys) await endOne(userId, key);
    announce(words.allEnded);
    await refresh();
  });
  const actions = html`
    <${Button} kind="danger quiet" disabled=${!keys.length} isPending=${end.isPending}
      onClick=${() => setAsking(true)}>${words.endAll}<//>
    <${Button} onClick=${() => setCreating(true)}>${words.create}<//>
  `;
  const close = () => {
    setCreating(false);
    void refresh();
  };
  return html`
    <${Section} title=${words.title} actions=${actions} isBusy=${isLoading}>
      <${FailureNotice} failure=${failure ?? end.failure} retry=${failure ? reload : undefined} />
      ${content && !keys.length && html`<p class="empty">${words.none}</p>`}
      <ul class="rows">
        ${keys.map((key) => html`<${Row} key=${key.id} userId=${userId} one=${key} refresh=${refresh} />`)}
      </ul>
      ${isCreating && html`<${CreateKey} userId=${userId} close=${close} />`}
      ${isAsking && html`
        <${Confirm} title=${words.endAllTitle} why=${words.endAllWhy} yes=${words.endYes}
          onYes=${end.run} onNo=${() => setAsking(false)} />
      `}
    <//>
  `;
}

/** @param {{ userId: number, one: Key, refresh: () => Promise<void> }} properties */
function Row({ userId, one, refresh }) {
  const [isAsking, setAsking] = useState(false);
  const { isPending, failure, run } = useAction(async () => {
    setAsking(false);
    await endOne(userId, one);
    announce(words.ended(one.name));
    await refresh();
  });
  return html`
    <li>
      <div class="row-text">
        <p><strong>${one.name}</strong> <code>${one.prefix}…</code></p>
        <p class="facts"><${Badges} names=${one.scopes} />
          <span>${words.lastUsed} ${one.lastUseTime ? html`<${Time} value=${one.lastUseTime} />` : words.never}</span>
          <span>${words.expires} ${one.expireTime ? html`<${Time} value=${one.expireTime} />` : words.never}</span>
          <span>${words.id(one.id)}</span></p>
        <${FailureNotice} failure=${failure} />
      </div>
      <${Button} kind="quiet danger" isPending=${isPending} onClick=${() => setAsking(true)} aria-label=${words.endNamed(one.name)}>${words.end}<//>
      ${isAsking && html`
        <${Confirm} title=${words.endTitle(one.name)} why=${words.endWhy} yes=${words.endOneYes}
          onYes=${run} onNo=${() => setAsking(false)} />
      `}
    </li>
  `;
}

// A key that has ended already is one that was to be ended.
/**
 * @param {number} userId
 * @param {Key} key
 */
async function endOne(userId, key) {
  const params = { path: { userId, keyId: key.id } };
  try {
    await call(() => client.DELETE('/users/{userId}/keys/{keyId}', { params }));
  } catch (error) {
    if (/** @type {{ status?: number }} */ (error).status !== 404) throw error;
  }
}
