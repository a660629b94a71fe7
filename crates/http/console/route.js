// The place in the console that the address names, such as `#/users/7` or `#/users?status=DISABLED`.

import { store } from './store.js';

function read() {
  const [path, query] = location.hash.replace(/^#\/?/, '').split('?');
  return { parts: (path ?? '').split('/').filter(Boolean), query: new URLSearchParams(query) };
}

export const route = store(read());

/** @type {(leave: () => void) => boolean} */
let mayLeave = () => true;

// Has `ask` say whether a place may be left. If it may not, `ask` is given what leaves later.
/** @param {(leave: () => void) => boolean} ask */
export const guard = (ask) => {
  mayLeave = ask;
};

// Each entry of the history is numbered: an event does not say where the browser came from.
let number = Number(history.state ?? 0);
history.replaceState(number, '');

addEventListener('hashchange', () => {
  const next = Number(history.state ?? number + 1);
  history.replaceState(next, '');
  const steps = next - number;
  // The browser is back at the place that was not left.
  if (!steps) return;
  if (!mayLeave(() => history.go(steps))) {
    history.go(-steps);
    return;
  }
  number = next;
  route.set(read());
});

// The address of a place. Parameters without a value are left out.
/**
 * @param {string} path
 * @param {Record<string, string | undefined>} [parameters]
 */
export function hashOf(path, parameters = {}) {
  const given = Object.entries(parameters).filter(([, value]) => value);
  const query = new URLSearchParams(/** @type {[string, string][]} */ (given)).toString();
  return `#/${path}${query && `?${query}`}`;
}

// Shows a view from its top, also to a person who listens.
export function showTop() {
  scrollTo(0, 0);
  const heading = document.querySelector('#main h1');
  if (heading instanceof HTMLElement) heading.focus({ preventScroll: true });
}

// Goes to a place. What a person types into a filter replaces the place in the history.
/**
 * @param {string} hash
 * @param {{ replace?: boolean }} [options]
 */
export function go(hash, { replace = false } = {}) {
  if (!replace) {
    location.hash = hash;
    return;
  }
  history.replaceState(number, '', hash);
  route.set(read());
}
