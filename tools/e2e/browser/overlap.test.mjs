// No part of the page lies on another, on a phone and on a wide screen.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { execute, load, opened, page } from './harness.mjs';

// The pairs of a text and a button or code on it. A text's boxes are those of its lines.
function overlaps() {
  const linesOf = (node) => {
    const range = document.createRange();
    range.selectNodeContents(node);
    return [...range.getClientRects()].filter(({ width, height }) => width && height);
  };
  const textsOf = (root) => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    const texts = [];
    while (walker.nextNode()) if (walker.currentNode.data.trim()) texts.push(walker.currentNode);
    return texts;
  };
  // Half a pixel is how the browser rounds.
  const meet = (one, other) =>
    Math.min(one.right, other.right) - Math.max(one.left, other.left) > 0.5 &&
    Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 0.5;
  const found = [];
  const check = (element, root) => {
    for (const text of textsOf(root)) {
      if (element.contains(text)) continue;
      const lines = linesOf(text);
      const isOn = [...element.getClientRects()].some((box) => lines.some((line) => meet(box, line)));
      if (isOn) found.push(`${element.className || element.tagName} on ${text.data.slice(0, 40)}`);
    }
  };
  for (const button of document.querySelectorAll('.opblock-body :is(.copy-to-clipboard, .download-contents)')) {
    check(button, button.closest('.highlight-code, .curl-command'));
  }
  for (const code of document.querySelectorAll(':is(.renderedMarkdown, .markdown) code')) {
    check(code, code.closest('td, .renderedMarkdown, .markdown'));
  }
  for (const cell of document.querySelectorAll('.parameters td, .headers td')) {
    check(cell, cell.parentElement);
  }
  return found;
}

// The names with their mark, and the types, that take more than one line.
function broken() {
  const heightOf = (part) => {
    // A name's mark is no text of the document, and a cell is as high as its row.
    if (part.matches('.required')) return part.getBoundingClientRect().height;
    const range = document.createRange();
    range.selectNodeContents(part);
    return range.getBoundingClientRect().height;
  };
  const isOneLine = (part) => heightOf(part) < 2 * Number.parseFloat(getComputedStyle(part).fontSize);
  const names = '.parameter__name.required, .parameter__type, .headers td:last-child';
  const parts = document.querySelectorAll(names);
  return [...parts].filter((part) => !isOneLine(part)).map(({ innerText }) => innerText);
}

for (const width of [375, 1280]) {
  test(`nothing lies on a text at ${width} px`, async () => {
    await load({ viewport: { width, height: 800 } });
    const { status, body } = await execute('getUser', { userId: '1' });
    assert.equal(status, 401);
    assert.match(body, /Credentials are missing or wrong/);
    await opened('updatePortalUserPassword');
    assert.deepEqual(await page.evaluate(overlaps), []);
    assert.deepEqual(await page.evaluate(broken), []);
  });
}
