// Points Swagger UI at the document, and has it mark and sign its requests.

import { authorization } from './authorization.js';
import { errorResponses } from './error-responses.js';
import { labels } from './labels.js';
import { showLogInBox } from './log-in-box.js';
import { operationLink } from './operation-link.js';
import { parameters } from './parameters.js';
import { urlOf } from './paths.js';
import { Session } from './session.js';
import { tagTitles } from './tag-titles.js';

window.onload = () => {
  const session = new Session();
  window.ui = SwaggerUIBundle({
    url: urlOf('openapi.json'),
    dom_id: '#swagger-ui',
    deepLinking: true,
    displayOperationId: true,
    tryItOutEnabled: true,
    validatorUrl: null,
    syntaxHighlight: { theme: 'obsidian' },
    plugins: [authorization, errorResponses, labels, operationLink, parameters, tagTitles],
    presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
    layout: 'BaseLayout',
    requestInterceptor: (request) => {
      // The server then challenges in a way that the browser does not answer with its own dialog.
      request.headers['X-Requested-With'] = 'XMLHttpRequest';
      return session.sign(request);
    },
  });
  showLogInBox(session);
};
