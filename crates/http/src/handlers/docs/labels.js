// Names and headings for screen readers, where Swagger UI has none.

// Adds properties to a component.
const having = (properties) => (Original, { React }) =>
  function Having(own) {
    return React.createElement(Original, { ...own, ...properties });
  };

// Puts a hidden heading or label before a component.
const after = (tag, properties, text) => (Original, { React }) =>
  function After(own) {
    const first = React.createElement(tag, { className: 'only-read', ...properties }, text);
    return React.createElement(React.Fragment, null, first, React.createElement(Original, own));
  };

// A parameter's field stands in a label with the parameter's name, which Swagger UI hands over as
// its description. Lists have a field for each item.
const labelled = (Original, { React }) =>
  function Labelled(own) {
    const field = React.createElement(Original, own);
    const isList = own.fn.getSchemaObjectType(own.schema) === 'array';
    if (isList) return React.createElement('div', { role: 'group', 'aria-label': own.description }, field);
    const name = React.createElement('span', { className: 'only-read' }, own.description);
    return React.createElement('label', null, name, field);
  };

// Changes the elements of a component after each rendering, where no smaller one could be wrapped.
const mended = (mend) => (Original, { React }) =>
  class extends React.Component {
    #box = React.createRef();

    componentDidMount() {
      mend(this.#box.current);
    }

    componentDidUpdate() {
      mend(this.#box.current);
    }

    render() {
      return React.createElement('div', { ref: this.#box }, React.createElement(Original, this.props));
    }
  };

// The button that copies has neither text nor name, and a text that scrolls needs the focus to do so.
function mendCode(box) {
  box.querySelector('.copy-to-clipboard button')?.setAttribute('aria-label', 'Copy to clipboard');
  for (const text of box.querySelectorAll('pre')) {
    if (text.scrollHeight > text.clientHeight) text.tabIndex = 0;
  }
}

// The table of responses is a table. Its own text, which never changes, is not announced.
function mendResponses(box) {
  const table = box.querySelector('table[role=region]');
  for (const name of ['role', 'aria-live']) table?.removeAttribute(name);
}

// The choice between examples has its name beside it only.
function mendExamples(box) {
  box.querySelector('select')?.setAttribute('aria-label', 'Example');
}

// A link within the button that opens the operation could not be reached.
const withoutLink = (Original, { React }) =>
  function WithoutLink(own) {
    const operationProps = own.operationProps.set('isDeepLinkingEnabled', false);
    return React.createElement(Original, { ...own, operationProps });
  };

export const labels = () => ({
  wrapComponents: {
    CloseIcon: having({ role: 'img', 'aria-hidden': null, 'aria-label': 'Close' }),
    TextArea: having({ 'aria-label': 'Request body' }),
    Servers: after('label', { htmlFor: 'servers' }, 'Server'),
    operations: after('h2', {}, 'Operations'),
    JsonSchemaForm: labelled,
    curl: mended(mendCode),
    HighlightCode: mended(mendCode),
    responses: mended(mendResponses),
    ExamplesSelect: mended(mendExamples),
    OperationSummaryPath: withoutLink,
  },
});
