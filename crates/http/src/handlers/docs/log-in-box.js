// The log-in box above Swagger UI. Its elements stay the same, so that the focus and what was typed
// are kept, and screen readers announce the message.

const box = document.getElementById('session');
const form = document.getElementById('log-in');
const signedIn = document.getElementById('signed-in');
const message = document.getElementById('session-message');
const fields = form.elements;

// Shows the box and has it begin and end the session.
export function showLogInBox(session) {
  box.hidden = false;
  if (!crypto.subtle) {
    say('Open this page over HTTPS or on localhost to log in. Browsers sign requests only there.');
    return;
  }
  form.onsubmit = (event) => {
    event.preventDefault();
    // `attempt` shows failures itself.
    void attempt(() => logIn(session));
  };
  signedIn.querySelector('button').onclick = () => attempt(() => logOut(session));
  session.onEnd = () => {
    show(session);
    complain('The session has ended. Log in again.');
  };
  show(session);
}

async function logIn(session) {
  const complaint = await session.logIn(fields.name.value, fields.password.value);
  fields.password.value = '';
  if (complaint) {
    complain(complaint);
    fields.password.focus();
    return;
  }
  show(session);
  say(`Logged in as ${session.name}.`);
  signedIn.querySelector('button').focus();
}

async function logOut(session) {
  const complaint = await session.logOut();
  if (complaint) {
    complain(complaint);
    return;
  }
  show(session);
  say('Logged out.');
  fields.name.focus();
}

// The part for a session that is open, or the form. The focus goes with it.
function show(session) {
  const hadFocus = box.contains(document.activeElement);
  form.hidden = session.isOpen;
  signedIn.hidden = !session.isOpen;
  signedIn.querySelector('b').textContent = session.name;
  if (hadFocus && !session.isOpen) fields.name.focus();
}

function say(text) {
  message.textContent = text;
  message.classList.remove('is-error');
  for (const field of [fields.name, fields.password]) field.removeAttribute('aria-invalid');
}

function complain(text) {
  say(text);
  message.classList.add('is-error');
}

async function attempt(work) {
  // Screen readers announce the same text a second time only if it was gone in between.
  say('');
  try {
    await work();
  } catch (error) {
    complain(`Could not reach the server: ${error.message}`);
  }
}
