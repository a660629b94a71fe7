// The rows of an operation's parameters.

// A row makes a sample of its parameter's schema each time that anything on the page changes. Of a text
// it is not used, and making one that matches a pattern takes longer than all else on the page.
const withoutSamples = (Original, { React }) =>
  function ParameterRow(own) {
    const getSampleSchema = (schema, ...others) =>
      schema.type === 'string' ? undefined : own.fn.getSampleSchema(schema, ...others);
    return React.createElement(Original, { ...own, fn: { ...own.fn, getSampleSchema } });
  };

export const parameters = () => ({ wrapComponents: { parameterRow: withoutSamples } });
