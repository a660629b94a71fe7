// A request that failed, in the words of the API or, where these don't help a person, of the console.

import { text } from './text.js';

/** @typedef {Partial<import('./contract').components['schemas']['Problem']>} Problem */

// Refusals that are about one field, by the end of their type.
const FIELDS = /** @type {Record<string, string>} */ ({
  'name-taken': 'name',
  'name-confusable': 'name',
  'email-taken': 'email',
  'wrong-current-password': 'currentPlaintextPassword',
});

export class Failure extends Error {
  /** @param {Problem & { retryAfter?: string | null }} problem */
  constructor({ detail = '', status = 0, type, errors = [], retryAfter = null }) {
    super(detail);
    this.status = status;
    this.type = type ?? '';
    const field = FIELDS[this.kind];
    this.errors = field && !errors.length ? [{ field, message: detail }] : errors;
    this.retryAfter = retryAfter;
  }

  // The failure of an answer. The portal set answers with a text.
  /**
   * @param {Response} response
   * @param {unknown} content
   */
  static of(response, content) {
    const { status, headers } = response;
    // A proxy may answer with a page of its own.
    const isOfApi = /json/.test(headers.get('Content-Type') ?? '');
    const said = typeof content === 'string' ? { detail: content } : /** @type {Problem} */ (content ?? {});
    const problem = isOfApi ? said : { detail: text.failure.answered(status) };
    return new Failure({ ...problem, status, retryAfter: headers.get('Retry-After') });
  }

  // The end of the type: `name-taken`.
  get kind() {
    return this.type.replace(/^.*:/, '');
  }

  // The text for a person: the API's own, then an advice.
  get words() {
    if (this.status === 412) return text.advice['version-mismatch'];
    return this.message || text.failure.unknown;
  }

  get advice() {
    if (this.status === 412) return '';
    const advice = /** @type {Record<string, string>} */ (text.advice)[this.kind];
    if (advice) return advice;
    return this.retryAfter ? text.failure.retryAfter(this.retryAfter) : '';
  }

  // What the API says of one field, such as `name` for `userInfo.name`.
  /** @param {string} field */
  about(field) {
    const own = this.errors.filter((error) => memberOf(error.field) === field);
    return own.map(({ message }) => message).join('; ');
  }

  // The failure as one about the query parameter that the API names first, if it is one of these.
  /** @param {string[]} parameters */
  naming(parameters) {
    const [, field = '', message = ''] = /^(\w+) (.+)$/s.exec(this.message) ?? [];
    if (this.status === 400 && parameters.includes(field)) this.errors = [{ field, message }];
    return this;
  }

  // What the API says of fields that a form does not show.
  /** @param {string[]} shown */
  beyond(shown) {
    return this.errors.filter(({ field }) => !shown.includes(memberOf(field)));
  }
}

// The member within the envelope: `roles` for `userInfo.roles[0].name`.
/** @param {string} path */
const memberOf = (path) => path.replace(/^[^.]*\./, '').split(/[.[]/)[0] ?? '';

// A request that got no answer.
export class Unanswered extends Error {}

// Any error as a failure. `unanswered` says what has not happened if the server can't be reached.
/**
 * @param {unknown} error
 * @param {string} unanswered
 */
export function asFailure(error, unanswered) {
  if (error instanceof Failure) return error;
  if (error instanceof Unanswered) return new Failure({ detail: unanswered });
  const reason = error instanceof Error ? error.message : String(error);
  return new Failure({ detail: text.failure.unexpected(reason) });
}

// Throws a failure that marks each of these fields that is empty, in the words of the API.
/** @param {Record<string, string>} values */
export function requireFilled(values) {
  const empty = Object.keys(values).filter((field) => !values[field]);
  const errors = empty.map((field) => ({ field, message: text.failure.required }));
  if (errors.length) throw new Failure({ status: 400, errors });
}
