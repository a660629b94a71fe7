// Signatures are made by the log-in box: nobody could type them into the dialog of "Authorize".
const onlyBasic = (original) => (...parameters) =>
  original(...parameters)?.filter((definition) => definition.has('basic'));
const withoutSignatures = () => ({
  statePlugins: {
    auth: {
      wrapSelectors: { definitionsToAuthorize: onlyBasic, definitionsForRequirements: onlyBasic },
    },
  },
});

window.onload = async () => {
  const { Session } = await import('./session.js');
  const { urlOf } = await import('./paths.js');
  const session = new Session();
  window.ui = SwaggerUIBundle({
    url: urlOf('openapi.json'),
    dom_id: '#swagger-ui',
    deepLinking: true,
    displayOperationId: true,
    tryItOutEnabled: true,
    validatorUrl: null,
    plugins: [withoutSignatures],
    presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
    layout: 'BaseLayout',
    requestInterceptor: (request) => {
      // The server then challenges in a way that the browser does not answer with its own dialog.
      request.headers['X-Requested-With'] = 'XMLHttpRequest';
      return session.sign(request);
    },
  });
  document.getElementById('swagger-ui').before(session.box());
};
