// The audit log: filters and pages are those of `GET /audit`, and stand in the address.

import { useLoad } from './actions.js';
import { AuditFilters } from './audit-filters.js';
import { call, client, has } from './api.js';
import { Failure } from './failure.js';
import { html } from './html.js';
import { Button, FailureNotice, Section, SkeletonRows, Time } from './parts.js';
import { go, hashOf, showTop } from './route.js';
import { text } from './text.js';

/** @typedef {import('./contract').components['schemas']['AuditEntry']} Entry */
/** @typedef {import('./contract').operations['listAuditEntries']['parameters']['query']} Query */

const words = text.audit;
const PAGE = 50;

// The API has no filter by field. Its largest pages are read, so many at most, until enough match.
const LARGEST_PAGE = 1000;
const MOST_PAGES = 5;

const FILTERS = /** @satisfies {(keyof NonNullable<Query>)[]} */ ([
  'userId', 'actorId', 'action', 'since', 'until', 'pageToken',
]);

// Those that have a field.
const SHOWN = FILTERS.slice(0, 5);

// The filters that this server has, and that of this page.
const known = [...FILTERS.filter((name) => has('GET /audit', name)), 'changed'];

/** @param {Record<string, string>} filters */
async function load(filters, limit = PAGE) {
  const given = Object.fromEntries(Object.entries(filters).filter(([, value]) => value));
  const query = /** @type {Query} */ ({ ...given, limit });
  const { auditLog } = await call(() => client.GET('/audit', { params: { query } })).catch((error) => {
    throw error instanceof Failure ? error.naming(SHOWN) : error;
  });
  return auditLog;
}

// The entries that change this field, if one is given.
/** @param {Record<string, string>} filters */
async function loadChanged({ changed, ...filters }) {
  if (!changed) return load(filters);
  /** @type {Entry[]} */
  const entries = [];
  let pageToken = filters.pageToken ?? '';
  for (let pages = 0; pages < MOST_PAGES && entries.length < PAGE && (pageToken || !pages); pages++) {
    const log = await load({ ...filters, pageToken }, LARGEST_PAGE);
    entries.push(...log.entries.filter(({ changes }) => changes.some(({ field }) => field === changed)));
    pageToken = log.nextPageToken ?? '';
  }
  return { entries, nextPageToken: pageToken };
}

/** @param {{ query: URLSearchParams }} properties */
export function Audit({ query }) {
  /** @type {Record<string, string>} */
  const filters = Object.fromEntries(known.map((name) => [name, query.get(name) ?? '']));
  const key = JSON.stringify(filters);
  const { content, failure, isLoading, reload } = useLoad(() => loadChanged(filters), [key]);
  // Earlier entries match other filters than those that were refused.
  const shown = failure?.status === 400 ? null : content;
  const isBeside = failure !== null && failure.errors.length > 0;
  const entries = shown?.entries ?? [];
  /** @param {Record<string, string>} changed */
  const change = (changed) => go(hashOf('audit', { ...filters, pageToken: '', ...changed }));
  const turn = (/** @type {string} */ pageToken) => {
    showTop();
    change({ pageToken });
  };
  return html`
    <header class="page-header"><h1 tabindex="-1">${words.title}</h1></header>
    <${AuditFilters} key=${key} filters=${filters} known=${known} change=${change} refused=${failure} />
    <${FailureNotice} failure=${isBeside ? null : failure} retry=${reload} />
    <div class="card table-card" aria-busy=${isLoading}>
      <${Entries} entries=${shown ? entries : null} hasFailed=${failure !== null} />
      ${shown && !entries.length && html`<p class="empty">${shown.nextPageToken ? words.noneYet : words.none}</p>`}
    </div>
    <nav class="pages" aria-label=${words.pages}>
      <span role="status">${words.count(entries.length)}</span>
      <div class="buttons">
        <${Button} disabled=${!filters.pageToken} onClick=${() => turn('')}>${words.newest}<//>
        <${Button} disabled=${!shown?.nextPageToken}
          onClick=${() => turn(shown?.nextPageToken ?? '')}>${words.older}<//>
      </div>
    </nav>
  `;
}

// The newest entries about one user, as a section of the user's page.
/** @param {{ userId: number, changes: number }} properties */
export function UserEntries({ userId, changes }) {
  const { content, failure, isLoading, reload } = useLoad(
    async () => (await load({ userId: String(userId) }, 10)).entries,
    [userId, changes],
  );
  const actions = html`<a class="button quiet" href=${hashOf('audit', { userId: String(userId) })}>${words.all}</a>`;
  return html`
    <${Section} title=${words.title} actions=${actions} isBusy=${isLoading}>
      <${FailureNotice} failure=${failure} retry=${reload} />
      <${Entries} entries=${content} hasFailed=${failure !== null} />
      ${content && !content.length && html`<p class="empty">${words.none}</p>`}
      <p class="hint">${words.importsWhy} <a href=${hashOf('audit', { action: 'USERS_IMPORTED' })}>${words.imports}</a></p>
    <//>
  `;
}

/** @param {{ entries: Entry[] | null, hasFailed: boolean }} properties */
const Entries = ({ entries, hasFailed }) => html`
  <table class="stacked audit">
    <caption class="only-read">${words.title}</caption>
    <thead><tr>
      <th scope="col">${words.time}</th><th scope="col">${words.actor}</th><th scope="col">${words.action}</th>
      <th scope="col">${words.user}</th><th scope="col">${words.changes}</th><th scope="col">${words.address}</th>
    </tr></thead>
    <tbody>
      ${!entries && !hasFailed && html`<${SkeletonRows} rows=${6} columns=${6} />`}
      ${entries?.map((entry) => html`<${EntryRow} key=${entry.number} entry=${entry} />`)}
    </tbody>
  </table>
`;

/** @param {{ entry: Entry }} properties */
const EntryRow = ({ entry }) => html`
  <tr>
    <td data-label=${words.time}><${Time} value=${entry.time} isExact /></td>
    <td data-label=${words.actor}><div><${Account} id=${entry.actorId} name=${entry.actorName} />
      <p class="hint">${text.actor(entry.actor)} ${entry.actorKeyId}</p></div></td>
    <td data-label=${words.action}>${text.action(entry.action)}</td>
    <td data-label=${words.user}><${Account} id=${entry.userId} name=${entry.userName} /></td>
    <td data-label=${words.changes}><${Changes} changes=${entry.changes} /></td>
    <td data-label=${words.address} class="address">${entry.address ?? ''}</td>
  </tr>
`;

/** @param {{ id: number | null, name: string | null }} properties */
const Account = ({ id, name }) => (id ? html`<a href=${hashOf(`users/${id}`)}>${name ?? id}</a>` : null);

/** @param {{ changes: Entry['changes'] }} properties */
const Changes = ({ changes }) =>
  changes.length ? html`<div>${changes.map((change) => html`<${Change} key=${change.field} change=${change} />`)}</div>` : null;

/**
 * @param {string} field
 * @param {string} value
 */
function shownValue(field, value) {
  if (field === 'expireTime') return html`<${Time} value=${value} />`;
  if (field === 'status') return text.status(value);
  return ['roles', 'scopes'].includes(field) ? value.replaceAll(',', ', ') : value;
}

// A value before and after. The log does not hold the values of secrets.
/** @param {{ change: Entry['changes'][number] }} properties */
function Change({ change: { field, before, after } }) {
  const value = (/** @type {string | null} */ shown) =>
    shown ? html`<span class="value">${shownValue(field, shown)}</span>` : html`<span class="none">${text.common.none}</span>`;
  // Sessions, keys and imports are counted or named, and have no value before.
  const isOfUser = ['name', 'email', 'status', 'roles', 'password'].includes(field);
  if (!isOfUser) return html`<p class="change"><span class="change-field">${text.field(field)}</span> ${value(before ?? after)}</p>`;
  const values = before === null && after === null ? words.changed : html`
    ${value(before)} <span class="arrow" role="img" aria-label=${words.becomes}>→</span> ${value(after)}
  `;
  return html`<p class="change"><span class="change-field">${text.field(field)}</span> ${values}</p>`;
}
