// The frame of the console: its navigation, and the view that the address names.

import { done } from './actions.js';
import { Audit } from './audit.js';
import { html, useEffect, useRef } from './html.js';
import { LogIn, Resume } from './log-in.js';
import { Me } from './me.js';
import { Button } from './parts.js';
import { Reset } from './reset.js';
import { hashOf, route } from './route.js';
import { isAdmin, logOut, session } from './session.js';
import { text } from './text.js';
import { AskToDiscard, dropping } from './unsaved.js';
import { User } from './user.js';
import { Users } from './users.js';

/** @typedef {import('./session.js').User} Account */

const VIEWS = /** @type {const} */ (['users', 'audit', 'me']);

export function App() {
  const { phase, me } = session.use();
  const { parts, query } = route.use();
  // Browsers sign only in pages that no network can have changed.
  if (!crypto.subtle) return html`<${Alone} title=${text.insecure.title}><p>${text.insecure.text}</p><//>`;
  if (parts[0] === 'reset') return html`<${Alone} title=${text.reset.title}><${Reset} /><//>`;
  if (phase === 'out' || !me) return html`<${Alone} title=${text.logIn.title}><${LogIn} /><//>`;
  const place = parts[0] ?? (isAdmin(me) ? 'users' : 'me');
  return html`
    <a class="skip" href="#main" onClick=${focusMain}>${text.nav.skip}</a>
    <header class="bar">
      <a class="brand" href="#/">${text.brand}</a>
      <${Navigation} me=${me} place=${place} />
      <div class="account"><span class="account-name">${me.name}</span>
        <${Button} kind="quiet" onClick=${() => dropping(logOut)}>${text.nav.logOut}<//></div>
    </header>
    <main id="main" tabindex="-1"><${View} place=${place} parts=${parts} query=${query} me=${me} /></main>
    <${Announcement} />
    <${AskToDiscard} />
    ${phase === 'ended' && html`<${Resume} name=${me.name} />`}
  `;
}

/** @param {Event} event */
function focusMain(event) {
  event.preventDefault();
  document.getElementById('main')?.focus();
}

/** @param {{ me: Account, place: string }} properties */
function Navigation({ me, place }) {
  const shown = isAdmin(me) ? VIEWS : VIEWS.slice(2);
  return html`
    <nav aria-label=${text.nav.label}>
      ${shown.map(
        (view) => html`
          <a href=${hashOf(view)} key=${view} aria-current=${place === view ? 'page' : undefined}>${text.nav[view]}</a>
        `,
      )}
    </nav>
  `;
}

/** @param {{ place: string, parts: string[], query: URLSearchParams, me: Account }} properties */
function View({ place, parts, query, me }) {
  const id = parts[1] ?? '';
  const name = place === 'users' && id ? 'user' : place;
  const titles = /** @type {Record<string, string>} */ (text.titles);
  const isKnown = name in titles && (name !== 'user' || /^[1-9]\d*$/.test(id));
  const title = isKnown ? titles[name] : titles.nowhere;
  useTitle(title ?? '', `${name}/${id}`);
  if (!isKnown) return html`<${Message} title=${title} text=${text.nowhere} />`;
  if (name !== 'me' && !isAdmin(me)) return html`<${Message} title=${title} text=${text.onlyAdmins} />`;
  if (name === 'users') return html`<${Users} query=${query} />`;
  if (name === 'user') return html`<${User} key=${id} id=${Number(id)} me=${me} />`;
  if (name === 'audit') return html`<${Audit} query=${query} />`;
  return html`<${Me} me=${me} />`;
}

// Names the window after the view, and moves the focus to a view that was gone to.
/**
 * @param {string} title
 * @param {string} place
 */
function useTitle(title, place) {
  const isFirst = useRef(true);
  useEffect(() => {
    document.title = `${title} · ${text.brand}`;
    if (!isFirst.current) {
      scrollTo(0, 0);
      document.getElementById('main')?.focus();
    }
    isFirst.current = false;
  }, [place]);
}

/** @param {{ title: string, text: string }} properties */
const Message = ({ title, text: words }) => html`
  <h1>${title}</h1><div class="card empty"><p>${words}</p><p><a href="#/">${text.back}</a></p></div>
`;

// A page of one card, before a log-in.
/** @param {{ title: string, children?: unknown }} properties */
function Alone({ title, children }) {
  useEffect(() => {
    document.title = `${title} · ${text.brand}`;
  }, [title]);
  return html`
    <main class="alone" id="main" tabindex="-1">
      <p class="brand">${text.brand}</p>
      <div class="card"><h1>${title}</h1>${children}</div>
      <${AskToDiscard} />
    </main>
  `;
}

// Announces what was done. The line goes away by itself, because nothing has to be done about it.
function Announcement() {
  const { text: words, number } = done.use();
  useEffect(() => {
    if (!words) return;
    const hide = setTimeout(() => done.set({ text: '', number: number + 1 }), 6000);
    return () => clearTimeout(hide);
  }, [number]);
  return html`<div class="announcement" role="status">${words && html`<p key=${number}>${words}</p>`}</div>`;
}
