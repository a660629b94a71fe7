// Where this page is. A proxy may have put any path in front: references are relative to this file,
// and the path in front of its folder is no part of the paths that the server receives.

import { basePath } from './settings.js';

const root = new URL('..', import.meta.url);

// The URL of a resource of the server, such as `tokens`.
/** @param {string} resource */
export const urlOf = (resource) => new URL(resource, root).href;

// The path that the server receives for a URL, which is signed; undefined for URLs that are not the
// server's.
/** @param {string} url */
export function receivedPath(url) {
  const { origin, pathname } = new URL(url, location.href);
  if (origin !== root.origin || !pathname.startsWith(root.pathname)) return undefined;
  return `${basePath}/${pathname.slice(root.pathname.length)}`;
}
