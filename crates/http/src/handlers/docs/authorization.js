// The dialog of "Authorize": which credentials it takes, how they are sent, and that the keyboard and
// screen readers get in and out of it.

const encoder = new TextEncoder();

// A text of one character for each of its bytes in UTF-8. Swagger UI knows Latin-1 alone.
const bytesOf = (text = '') => String.fromCharCode(...encoder.encode(text));

const inUtf8 = (credential) => {
  const { username, password } = credential.value ?? {};
  if (username === undefined) return credential;
  return { ...credential, value: { username: bytesOf(username), password: bytesOf(password) } };
};

const executeInUtf8 = (original) => (request) => {
  const authorized = Object.entries(request.securities?.authorized ?? {});
  const encoded = Object.fromEntries(authorized.map(([name, credential]) => [name, inUtf8(credential)]));
  return original({ ...request, securities: { ...request.securities, authorized: encoded } });
};

// Swagger UI hands the state to what wraps a selector, but the selector itself takes none.
// Signatures are made by the log-in box. They cannot be typed into the dialog.
const typed = (original) => (_state, ...parameters) =>
  original(...parameters)?.filter((definition) => definition.has('basic') || definition.has('bearer'));

// The lock of an operation is closed by credentials alone, and not because it needs none.
const isAuthorized = (original) => (_state, requirements) =>
  original(requirements?.filter((requirement) => requirement.size > 0));

// The dialog, as one of the browser's own: the page behind it is out of reach, Escape closes it, and
// the focus goes back to where it came from.
const inDialog = (Original, { React }) =>
  class extends React.Component {
    #dialog = React.createRef();

    componentDidMount() {
      const dialog = this.#dialog.current;
      // The heading comes next to that of the page.
      dialog.querySelector('h3').setAttribute('aria-level', '2');
      dialog.showModal();
      dialog.querySelector('form input, form button')?.focus();
    }

    componentDidUpdate() {
      const dialog = this.#dialog.current;
      // The field or button that had the focus has made room for another.
      if (!dialog.contains(document.activeElement)) dialog.querySelector('form button')?.focus();
    }

    componentWillUnmount() {
      this.#dialog.current.close();
    }

    render() {
      const close = (event) => {
        event.preventDefault();
        this.props.authActions.showDefinitions(false);
      };
      const properties = { ref: this.#dialog, onCancel: close, 'aria-label': 'Available authorizations' };
      return React.createElement('dialog', properties, React.createElement(Original, this.props));
    }
  };

// Leaves the names of fields and buttons to their labels and texts, which say more.
const unnamed = (Original, { React }) =>
  function Unnamed({ 'aria-label': _, ...properties }) {
    return React.createElement(Original, properties);
  };

export const authorization = () => ({
  statePlugins: {
    auth: {
      wrapSelectors: {
        definitionsToAuthorize: typed,
        definitionsForRequirements: typed,
        isAuthorized,
      },
    },
    spec: { wrapActions: { executeRequest: executeInUtf8 } },
  },
  wrapComponents: { authorizationPopup: inDialog, Button: unnamed, Input: unnamed },
});
