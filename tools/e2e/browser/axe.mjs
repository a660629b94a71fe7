// What axe-core finds on a page.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

// Puts axe-core into a page, where it stays until the page is loaded again.
export const prepare = (page) => page.evaluate(source);

// The rules that a part of the page breaks, each with the elements.
export async function violations(page, context) {
  const run = (part) => window.axe.run(part ?? document, { resultTypes: ['violations'] });
  const { violations: found } = await page.evaluate(run, context);
  const elements = (nodes) => nodes.map(({ target }) => target.join(' '));
  return found.map(({ id, impact, nodes }) => ({ id, impact, elements: elements(nodes) }));
}
