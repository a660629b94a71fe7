// The title of a tag, where Swagger UI shows its name. The link keeps the name.

const titled = (Original, { React, getSystem }) =>
  function Titled(own) {
    // Swagger UI links paths by the same component. They begin with a slash, as no tag does.
    const tag = getSystem().specSelectors.tagDetails(own.text);
    return React.createElement(Original, { ...own, text: tag?.get('x-displayName') ?? own.text });
  };

export const tagTitles = () => ({ wrapComponents: { DeepLink: titled } });
