// The two ends of a span of time, which a person gives by a day and, if wanted, a time of that day.

/** @typedef {{ day: string, time: string }} Moment */
/** @typedef {'since' | 'until'} End */

const NONE = { day: '', time: '' };

/** @param {number} number */
const two = (number) => String(number).padStart(2, '0');

// The instant of an end, as the API takes it. A day without a time counts as a whole: the span begins
// at its start or ends with it.
/**
 * @param {Moment} moment
 * @param {End} end
 */
export function instantOf({ day, time }, end) {
  if (!day) return '';
  const instant = new Date(`${day}T${time || '00:00'}`);
  if (!time && end === 'until') instant.setDate(instant.getDate() + 1);
  return instant.toISOString();
}

// The day and the time that a person would give for an instant.
/**
 * @param {string} instant
 * @param {End} end
 * @returns {Moment}
 */
export function momentOf(instant, end) {
  const at = new Date(instant);
  if (Number.isNaN(at.getTime())) return NONE;
  const seconds = at.getSeconds() ? `:${two(at.getSeconds())}` : '';
  const time = `${two(at.getHours())}:${two(at.getMinutes())}${seconds}`;
  const isMidnight = time === '00:00';
  if (isMidnight && end === 'until') at.setDate(at.getDate() - 1);
  const day = `${String(at.getFullYear()).padStart(4, '0')}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return { day, time: isMidnight ? '' : time };
}

// The person's time zone: its name and how far it is from UTC now.
export function zone() {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const ahead = -new Date().getTimezoneOffset();
  const hours = `${Math.floor(Math.abs(ahead) / 60)}:${two(Math.abs(ahead) % 60)}`;
  return ahead ? `${timeZone} (UTC${ahead < 0 ? '−' : '+'}${hours})` : timeZone;
}
