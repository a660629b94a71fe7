// Starts the console.

import { App } from './app.js';
import { html, render } from './html.js';
import { endWithPage } from './session.js';
import { guardEdits } from './unsaved.js';

const root = document.getElementById('console');
if (root) render(html`<${App} />`, root);
endWithPage();
guardEdits();
