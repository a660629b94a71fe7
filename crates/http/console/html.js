// Preact and htm, for the other modules.

import htm from './vendor/htm.js';
import { h } from './vendor/preact.js';

export { useEffect, useId, useLayoutEffect, useRef, useState } from './vendor/hooks.js';
export { render } from './vendor/preact.js';

export const html = htm.bind(h);
