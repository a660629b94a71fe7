// A link to an operation that can follow a response. Upstream shows the id between raw backticks.

const plain = (_Original, { React }) =>
  function OperationLink({ link, name }) {
    const { createElement } = React;
    const id = link.get('operationId') ?? link.get('operationRef');
    const parameters = JSON.stringify(link.get('parameters')?.toJS() ?? {}, null, 2);
    return createElement(
      'div',
      { className: 'operation-link' },
      createElement('b', null, createElement('code', null, name)),
      createElement('p', null, link.get('description')),
      createElement('pre', null, `Operation ${id}\n\nParameters ${parameters}`),
    );
  };

export const operationLink = () => ({ wrapComponents: { operationLink: plain } });
