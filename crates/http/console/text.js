// The texts of the console, in English.

const ACTIONS = /** @type {Record<string, string>} */ ({
  USER_CREATED: 'User created',
  USER_CHANGED: 'User changed',
  USER_DELETED: 'User deleted',
  USERS_IMPORTED: 'Users imported',
  SESSION_BEGUN: 'Session begun',
  SESSION_ENDED: 'Session ended',
  KEY_CREATED: 'API key made',
  KEY_ENDED: 'API key ended',
  RESET_CODE_CREATED: 'Reset code made',
  AUDIT_ARCHIVED: 'Audit log archived',
});

const ACTORS = /** @type {Record<string, string>} */ ({
  KEY: 'API key',
  ANONYMOUS: 'Without credentials',
  OPERATOR: 'Command line',
});

const FIELDS = /** @type {Record<string, string>} */ ({
  email: 'Email address',
  expireTime: 'Expires',
  key: 'API key',
  keys: 'API keys',
});

const AGO = new Intl.RelativeTimeFormat('en', { numeric: 'always' });

// The last use of a session is known to the minute.
const JUST = 90;

// Each unit is used below this many seconds.
const UNITS = /** @type {const} */ ([
  { name: 'minute', length: 60, limit: 5400 },
  { name: 'hour', length: 3600, limit: 129_600 },
  { name: 'day', length: 86_400, limit: Infinity },
]);

// A word of the API that this page does not know: `KEY_CREATED` is `Key created`.
/** @param {string} word */
const plain = (word) => {
  const spaced = word.toLowerCase().replace(/_/g, ' ');
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
};

export const text = {
  brand: 'Rollcall',
  back: 'Back to the start',
  nowhere: 'There is nothing at this address.',
  onlyAdmins: 'This page is for admins. If you have just lost the role, ask another admin.',

  action: (/** @type {string} */ action) => ACTIONS[action] ?? plain(action),
  actor: (/** @type {string} */ actor) => ACTORS[actor] ?? plain(actor),
  field: (/** @type {string} */ field) => FIELDS[field] ?? plain(field),
  ago: (/** @type {number} */ seconds) => {
    const unit = seconds < JUST ? undefined : UNITS.find(({ limit }) => seconds < limit);
    return unit ? AGO.format(-Math.round(seconds / unit.length), unit.name) : 'just now';
  },
  status: (/** @type {string} */ status) => plain(status),

  common: {
    cancel: 'Cancel',
    copied: 'Copied',
    haveCopied: 'I have copied it',
    copy: 'Copy',
    hide: 'Hide',
    loading: 'Loading',
    none: 'none',
    retry: 'Try again',
    show: 'Show',
    showPassword: (/** @type {string} */ label) => `Show ${label.toLowerCase()}`,
    shownOnce: 'Copy it now. It is not shown again.',
    unknown: 'unknown',
  },

  titles: { users: 'Users', user: 'User', audit: 'Audit log', me: 'My account', nowhere: 'Not found' },

  nav: {
    label: 'Console',
    skip: 'Skip to the content',
    users: 'Users',
    audit: 'Audit log',
    me: 'My account',
    logOut: 'Log out',
  },

  insecure: {
    title: 'HTTPS is required',
    text: 'Open the console over HTTPS or on localhost. Browsers sign requests only there.',
  },

  logIn: {
    title: 'Log in',
    name: 'Name',
    password: 'Password',
    submit: 'Log in',
    haveCode: 'I have a reset code',
    loggedOut: 'You are logged out.',
    ended: 'Your session has ended',
    endedWhy:
      'Enter your password to continue. What you have typed is kept. A session ends after a day without use, ' +
      'when it is ended elsewhere, and when its user is disabled or gets another password.',
    refused: 'The name or the password is wrong, or the user is disabled.',
    resume: 'Continue',
    discard: 'Log out and discard',
  },

  users: {
    title: 'Users',
    create: 'New user',
    search: 'Search users',
    namePrefix: 'Name begins with',
    exactEmail: 'Email address is',
    role: 'Has role',
    anyStatus: 'Any',
    clear: 'Clear filters',
    name: 'Name',
    email: 'Email address',
    roles: 'Roles',
    status: 'Status',
    created: 'Created',
    id: 'Id',
    none: 'No user matches these filters.',
    wholeAddress: 'Enter the whole address, such as ann@example.com.',
    pages: 'Pages of users',
    count: (/** @type {number} */ count) => (count === 1 ? '1 user on this page' : `${count} users on this page`),
    first: 'First page',
    previous: 'Previous',
    next: 'Next',
  },

  create: {
    title: 'New user',
    submit: 'Create user',
    emailHint: 'Required.',
    withoutRoles: (/** @type {string} */ name) => `${name} is created. The roles are not given yet.`,
    giveRoles: 'Give roles',
    continue: 'Continue without',
    done: (/** @type {string} */ name) => `Created ${name}.`,
  },

  user: {
    title: 'User',
    details: 'Details',
    created: 'Created',
    id: (/** @type {number} */ id) => `Id ${id}`,
    version: (/** @type {number} */ version) => `Version ${version}`,
    enable: 'Enable',
    disable: 'Disable',
    enabled: (/** @type {string} */ name) => `Enabled ${name}.`,
    disabled: (/** @type {string} */ name) => `Disabled ${name} and ended all sessions.`,
    disableTitle: (/** @type {string} */ name) => `Disable ${name}?`,
    disableWhy: 'All sessions, API keys and reset codes of this user end, and log-ins are refused. Enabling brings none of them back.',
    setPassword: 'Set password',
    ownPassword: 'Change password',
    deleted: 'This user was deleted meanwhile.',
    delete: 'Delete',
  },

  form: {
    save: 'Save',
    revert: 'Revert',
    emailHint: 'Leave empty to remove the address.',
    saved: (/** @type {string} */ name) => `Saved ${name}.`,
    deleted: 'This user was deleted meanwhile. What you have typed is kept here until you leave, so that you can copy it.',
  },

  unsaved: {
    title: 'Discard your changes?',
    why: 'What you have typed is not saved yet.',
    keep: 'Keep editing',
    discard: 'Discard',
  },

  uncopied: {
    title: 'Close without a copy?',
    why: 'It is not shown again. Without a copy, you have to make a new one.',
    keep: 'Keep showing it',
    discard: 'Close',
  },

  roles: {
    add: 'Role to add',
    addShort: 'Add',
    none: 'No roles',
    placeholder: 'admin, auditor …',
    rule: 'must be 1 to 64 letters, digits, _ . : and -, beginning with a letter',
    remove: (/** @type {string} */ name) => `Remove role ${name}`,
  },

  merge: {
    title: 'This user was changed in another tab or by someone else',
    why: 'Nothing is saved yet. Choose the value to keep for each field, then save.',
    field: 'Field',
    before: 'Before',
    mine: 'Yours',
    theirs: 'Saved meanwhile',
    both: 'Both changes',
    conflict: 'both changed',
    by: (/** @type {string} */ name) => `by ${name}, `,
    take: (/** @type {string} */ field, /** @type {'mine' | 'theirs' | 'both'} */ kind) =>
      `${field}: ${{ mine: 'keep yours', theirs: 'keep the saved value', both: 'keep both changes' }[kind]}`,
    save: 'Save merged user',
    discard: 'Discard my changes',
  },

  delete: {
    title: (/** @type {string} */ name) => `Delete ${name}?`,
    effect: 'The user, all sessions and all roles are removed. The audit log keeps its entries.',
    typeName: (/** @type {string} */ name) => `Type ${name} to confirm`,
    submit: 'Delete user',
    changed: 'The user was changed meanwhile. Close this dialog, look at the user, and delete again.',
    done: (/** @type {string} */ name) => `Deleted ${name}.`,
  },

  password: {
    password: 'Password',
    current: 'Current password',
    new: 'New password',
    rules: '8 to 256 characters, no common password.',
    title: (/** @type {string} */ name) => `Set a password for ${name}`,
    effect: 'This ends all sessions of the user.',
    submit: 'Set password',
    set: (/** @type {string} */ name) => `Set the password of ${name} and ended all sessions.`,
  },

  sessions: {
    title: 'Sessions',
    began: 'Began',
    lastUsed: 'Last used',
    address: 'Address',
    action: 'Action',
    current: 'This page',
    end: 'End',
    endNamed: (/** @type {string} */ address, /** @type {string} */ began) =>
      `End the session from ${address} that began ${began}`,
    endAll: 'End all',
    endOthers: 'End all others',
    endAllTitle: 'End all sessions?',
    endAllWhy: 'The user is logged out everywhere and has to log in again.',
    endOthersTitle: 'End all other sessions?',
    endOthersWhy: 'You are logged out everywhere but in this page.',
    endYes: 'End sessions',
    ended: 'Ended the session.',
    allEnded: 'Ended the sessions.',
    none: 'No session is open.',
  },

  keys: {
    title: 'API keys',
    none: 'There are no API keys.',
    create: 'New key',
    createTitle: 'New API key',
    made: 'API key made',
    secret: 'Key',
    name: 'Name',
    ownPassword: 'Your current password',
    id: (/** @type {number} */ id) => `Id ${id}`,
    nameHint: 'The program that uses the key.',
    scopes: 'Allowed',
    meanings: /** @satisfies {Record<import('./contract').components['schemas']['KeyScope'], string>} */ ({
      verify: 'check credentials',
      'users:read': 'read users',
      'users:write': 'change users',
      'audit:read': 'read the audit log',
    }),
    days: (/** @type {string} */ days) => (days ? `in ${days} days` : 'never'),
    submit: 'Make key',
    lastUsed: 'Last used',
    expires: 'Expires',
    never: 'never',
    end: 'End',
    endNamed: (/** @type {string} */ name) => `End the key ${name}`,
    endTitle: (/** @type {string} */ name) => `End the key ${name}?`,
    endWhy: 'The program that uses it is refused from then on. An ended key cannot be brought back.',
    endOneYes: 'End key',
    endAll: 'End all',
    endAllTitle: 'End all API keys?',
    endAllWhy: 'Every program that uses one of them is refused from then on.',
    endYes: 'End keys',
    ended: (/** @type {string} */ name) => `Ended the key ${name}.`,
    allEnded: 'Ended the keys.',
  },

  audit: {
    title: 'Audit log',
    search: 'Filter the audit log',
    time: 'Time',
    actor: 'By',
    action: 'Action',
    user: 'User',
    changes: 'Changes',
    address: 'Address',
    userFilter: 'User (name or id)',
    actorFilter: 'By (name or id)',
    anyAction: 'Any',
    changedField: 'Changed field',
    since: 'From',
    until: 'Until',
    part: (/** @type {string} */ label, /** @type {'day' | 'time'} */ part) => `${label}: ${part}`,
    zone: (/** @type {string} */ zone) => `Times are those of ${zone}. A day without a time counts as a whole day.`,
    noDay: 'must be a whole day that exists, or empty',
    noTime: 'must be a whole time, or empty',
    dayMissing: 'must have a day with the time',
    backwards: 'must be after From',
    apply: 'Apply',
    none: 'No entry matches.',
    noneYet: 'No entry matches so far. Press Older to look further.',
    pages: 'Pages of the audit log',
    count: (/** @type {number} */ count) => (count === 1 ? '1 entry on this page' : `${count} entries on this page`),
    newest: 'Newest',
    older: 'Older',
    all: 'Open in the audit log',
    importsWhy: 'Imports are one entry for all of their users, and are not listed here.',
    imports: 'Show imports',
    changed: 'changed',
    becomes: 'becomes',
    noSuchUser: (/** @type {string} */ name) => `No user is named ${name}. A deleted user is found by id.`,
  },

  me: {
    title: 'My account',
    password: 'Password',
    passwordEffect: 'Another password ends all other sessions.',
    changePassword: 'Change password',
    passwordChanged: 'Changed the password and ended all other sessions.',
  },

  reset: {
    title: 'Set a new password',
    explain: 'Enter the code that an admin gave you, and a new password.',
    code: 'Reset code',
    submit: 'Set password',
    done: 'The password is set. Log in with it.',
    toLogIn: 'To the log-in',
    codeFor: (/** @type {string} */ name) => `Reset code for ${name}`,
    effect: 'The user sets a new password with the code, on the page that the log-in links. An earlier code no longer works.',
    make: 'Make code',
    handOver: 'Give the code to the user in person or by phone. It can be used once, until',
  },

  failure: {
    unknown: 'The request failed',
    unexpected: (/** @type {string} */ reason) => `Something in this page went wrong: ${reason}`,
    noAnswer: 'The server does not answer. Try again in a moment.',
    notSaved: 'The server does not answer. Try again to be sure that this is saved.',
    notLoaded: 'Not loaded. The server does not answer.',
    required: 'is required',
    answered: (/** @type {number} */ status) => `The server did not answer, but a program in front of it did (status ${status}). Try again in a moment.`,
    marked: 'Please correct the marked fields.',
    loggedOut: 'You logged out before this was done.',
    retryAfter: (/** @type {string} */ seconds) =>
      Number(seconds) > 120 ? `Try again in ${Math.ceil(Number(seconds) / 60)} minutes.` : `Try again in ${seconds} s.`,
  },

  // What to do about a problem, by the end of its type.
  advice: {
    'last-admin': 'This is the last enabled admin. Give another user the role admin first.',
    'version-mismatch':
      'The user was changed meanwhile, in another tab or by someone else. The current values are shown now; try again.',
  },
};
