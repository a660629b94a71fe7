// The table of users: filters, pages and order are those of `GET /users`, and stand in the address.

import { useLoad } from './actions.js';
import { call, client } from './api.js';
import { CreateUser } from './create-user.js';
import { Failure } from './failure.js';
import { html, useEffect, useRef, useState } from './html.js';
import { Button, FailureNotice, Roles, SkeletonRows, Status, Time } from './parts.js';
import { go, hashOf, showTop } from './route.js';
import { text } from './text.js';
import { UserFilters } from './user-filters.js';

/** @typedef {import('./session.js').User} User */
/** @typedef {import('./contract').operations['listUsers']['parameters']['query']} Query */

const words = text.users;
const PAGE = 50;
const FILTERS = ['namePrefix', 'email', 'role', 'status', 'sort', 'pageToken'];
// Those that have a field.
const SHOWN = FILTERS.slice(0, 4);

/** @param {{ query: URLSearchParams }} properties */
export function Users({ query }) {
  const [isCreating, setCreating] = useState(false);
  /** @type {Record<string, string>} */
  const filters = Object.fromEntries(FILTERS.map((name) => [name, query.get(name) ?? '']));
  // Names that begin alike are found quickly in the order of names alone.
  const sort = filters.sort || (filters.namePrefix ? 'name' : 'id');
  const given = Object.entries({ ...filters, sort }).filter(([, value]) => value);
  const { content, failure, isLoading, reload } = useLoad(() => load(Object.fromEntries(given)), [JSON.stringify(given)]);
  // Earlier rows match other filters than those that were refused.
  const shown = failure?.status === 400 ? null : content;
  const isBeside = failure !== null && failure.errors.length > 0;
  /** @param {Record<string, string>} changed */
  const change = (changed, options = {}) => go(hashOf('users', { ...filters, pageToken: '', ...changed }), options);
  const users = shown?.users ?? [];
  return html`
    <header class="page-header"><h1 tabindex="-1">${words.title}</h1>
      <${Button} kind="primary" onClick=${() => setCreating(true)}>${words.create}<//></header>
    <${UserFilters} filters=${filters} change=${change} failure=${failure} />
    <${FailureNotice} failure=${isBeside ? null : failure} retry=${reload} />
    <div class="card table-card" aria-busy=${isLoading}>
      <table class="users stacked">
        <caption class="only-read">${words.title}</caption>
        <${Head} sort=${sort} change=${change} />
        <tbody>
          ${!content && !failure && html`<${SkeletonRows} rows=${12} columns=${6} />`}
          ${users.map((user) => html`<${Row} key=${user.id} user=${user} />`)}
        </tbody>
      </table>
      ${shown && !users.length && html`<p class="empty">${words.none}</p>`}
    </div>
    <${Pages} filters=${filters} next=${shown?.nextPageToken} count=${users.length} change=${change} />
    ${isCreating && html`<${CreateUser} close=${() => setCreating(false)} />`}
  `;
}

// A part of an address is no filter, so that the server is asked for whole ones alone.
/** @param {Record<string, string>} filters */
async function load(filters) {
  const { email } = filters;
  if (email && !email.includes('@')) throw new Failure({ status: 400, errors: [{ field: 'email', message: words.wholeAddress }] });
  const query = /** @type {Query} */ ({ ...filters, limit: PAGE });
  const { userList } = await call(() => client.GET('/users', { params: { query } })).catch((error) => {
    throw error instanceof Failure ? error.naming(SHOWN) : error;
  });
  return userList;
}

/** @param {{ sort: string, change: (changed: Record<string, string>) => void }} properties */
function Head({ sort, change }) {
  const sortable = (/** @type {string} */ key, /** @type {string} */ label) => html`
    <th scope="col" aria-sort=${sort === key ? 'ascending' : undefined}>
      <button type="button" class="sort" onClick=${() => change({ sort: key })}>${label}
        <span class="arrow" aria-hidden="true">${sort === key ? '↑' : ''}</span></button>
    </th>
  `;
  return html`
    <thead><tr>
      ${sortable('name', words.name)}
      <th scope="col">${words.email}</th>
      <th scope="col">${words.roles}</th>
      <th scope="col">${words.status}</th>
      ${sortable('createTime', words.created)}
      ${sortable('id', words.id)}
    </tr></thead>
  `;
}

/** @param {{ user: User }} properties */
const Row = ({ user }) => html`
  <tr>
    <th scope="row" data-label=${words.name}><a href=${hashOf(`users/${user.id}`)}>${user.name}</a></th>
    <td data-label=${words.email}>${user.email ?? html`<span class="none">${text.common.none}</span>`}</td>
    <td data-label=${words.roles}><${Roles} roles=${user.roles} /></td>
    <td data-label=${words.status}><${Status} status=${user.status} /></td>
    <td data-label=${words.created}><${Time} value=${user.createTime} /></td>
    <td data-label=${words.id} class="number">${user.id}</td>
  </tr>
`;

// Pages go forwards. The way back is kept while the filters stay the same.
/** @param {{ filters: Record<string, string>, next?: string, count: number, change: Function }} properties */
function Pages({ filters, next, count, change }) {
  const visited = useRef(['']);
  const { pageToken = '', ...others } = filters;
  useEffect(() => {
    visited.current = [pageToken];
  }, [JSON.stringify(others)]);
  const place = visited.current.indexOf(pageToken);
  const turn = (/** @type {string} */ token) => {
    showTop();
    change({ pageToken: token });
  };
  const forwards = () => {
    visited.current = [...visited.current.slice(0, place + 1), next ?? ''];
    turn(next ?? '');
  };
  const backwards = () => turn(visited.current[place - 1] ?? '');
  return html`
    <nav class="pages" aria-label=${words.pages}>
      <span role="status">${words.count(count)}</span>
      <div class="buttons">
        ${pageToken && html`<${Button} key="first" onClick=${() => turn('')}>${words.first}<//>`}
        <${Button} key="previous" disabled=${!pageToken} onClick=${backwards}>${words.previous}<//>
        <${Button} key="next" disabled=${!next} onClick=${forwards}>${words.next}<//>
      </div>
    </nav>
  `;
}
