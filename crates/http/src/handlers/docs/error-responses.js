// The error responses of an operation, which are the same for most: each is one line with a button
// that shows the rest.

const isError = (code) => Number(code) >= 400;

const collapsed = (Original, { React }) => {
  const { createElement, useState } = React;

  // A description's `words` of code.
  const marked = (text) =>
    text.split('`').map((part, index) => (index % 2 ? createElement('code', { key: index }, part) : part));

  function Summary({ code, description, className, isOpen, toggle }) {
    const properties = {
      type: 'button',
      className: 'response-toggle',
      'aria-expanded': isOpen,
      onClick: toggle,
    };
    return createElement(
      'tr',
      { className: `response ${className ?? ''}`, 'data-code': code },
      createElement('td', { className: 'response-col_status' }, code),
      createElement(
        'td',
        { className: 'response-col_description', colSpan: 2 },
        createElement('button', properties, marked(description)),
      ),
    );
  }

  function Collapsed(own) {
    const [isOpen, setOpen] = useState(false);
    const details = createElement(Original, { ...own, response: own.response.delete('description') });
    const description = own.response.get('description');
    const { code, className } = own;
    const toggle = () => setOpen(!isOpen);
    return createElement(
      React.Fragment,
      null,
      createElement(Summary, { code, description, className, isOpen, toggle }),
      isOpen ? details : null,
    );
  }

  return function Response(own) {
    return createElement(isError(own.code) ? Collapsed : Original, own);
  };
};

export const errorResponses = () => ({ wrapComponents: { response: collapsed } });
