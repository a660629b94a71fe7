// The fields of a user that a person edits, and how two changes of them are put together.

import { call, client } from './api.js';

/** @typedef {import('./session.js').User} User */
/** @typedef {Pick<User, 'name' | 'status' | 'roles'> & { email: string }} Fields */
/** @typedef {keyof Fields} FieldName */

export const FIELDS = /** @type {FieldName[]} */ (['name', 'email', 'status', 'roles']);

/** @param {number} userId */
export const loadUser = async (userId) =>
  (await call(() => client.GET('/users/{userId}', { params: { path: { userId } } }))).user;

// An empty address is that of a user without one.
/**
 * @param {User} user
 * @returns {Fields}
 */
export const fieldsOf = ({ name, email, status, roles }) => ({ name, email: email ?? '', status, roles });

/** @param {Fields['roles']} roles */
const names = (roles) => roles.map(({ name }) => name).sort();

// A value as a text, to be shown and to be compared.
/**
 * @param {Fields} fields
 * @param {FieldName} name
 */
export const shownValue = (fields, name) => (name === 'roles' ? names(fields.roles).join(', ') : fields[name]);

/**
 * @param {Fields} before
 * @param {Fields} after
 * @returns {Partial<Fields>}
 */
export function changedFields(before, after) {
  const changed = FIELDS.filter((name) => shownValue(before, name) !== shownValue(after, name));
  return Object.fromEntries(changed.map((name) => [name, after[name]]));
}

// Whether two people have given one field different values.
/**
 * @param {User} base
 * @param {Fields} mine
 * @param {User} theirs
 */
export function hasConflict(base, mine, theirs) {
  const [mineChanged, theirsChanged] = [mine, fieldsOf(theirs)].map((after) => changedFields(fieldsOf(base), after));
  const differs = (/** @type {FieldName} */ name) => shownValue(mine, name) !== shownValue(fieldsOf(theirs), name);
  return FIELDS.some((name) => name in (mineChanged ?? {}) && name in (theirsChanged ?? {}) && differs(name));
}

// The roles with what either has added and without what either has removed.
/**
 * @param {Fields['roles']} base
 * @param {Fields['roles']} mine
 * @param {Fields['roles']} theirs
 */
export function mergedRoles(base, mine, theirs) {
  const [before, own, others] = [base, mine, theirs].map((roles) => new Set(names(roles)));
  const all = [...new Set([...names(base), ...names(mine), ...names(theirs)])].sort();
  const isKept = (/** @type {string} */ name) =>
    before?.has(name) ? own?.has(name) && others?.has(name) : own?.has(name) || others?.has(name);
  return all.filter(isKept).map((name) => ({ name }));
}
