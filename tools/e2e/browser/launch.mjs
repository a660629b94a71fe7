// Starts the browser, and servers that end with the test's file.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after } from 'node:test';
import { chromium } from 'playwright-core';

export const PASSWORD = 'a password for tests';
const endings = [];

after(async () => {
  for (const end of endings.reverse()) await end();
});

// Has `end` called after the tests of the file, in the reverse order.
export const atEnd = (end) => endings.push(end);

// Starts a server with these settings, and returns its origin.
export async function startServer(...settings) {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-browser-'));
  const server = spawn(process.env.ROLLCALL, ['--listen=127.0.0.1:0', '--bcrypt-cost=4', ...settings], {
    cwd: folder,
    env: { ROLLCALL_ADMIN_PASSWORD: PASSWORD },
  });
  atEnd(() => {
    server.kill();
    rmSync(folder, { recursive: true, force: true });
  });
  for await (const line of createInterface(server.stderr)) {
    const origin = /listening on (http:\S+)/.exec(line)?.[1];
    if (origin) {
      server.stderr.resume();
      return origin;
    }
  }
  throw new Error('the server has not started');
}

export async function startBrowser() {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'],
  });
  atEnd(() => browser.close());
  return browser;
}

// A page of its own session, for which Playwright's options say the size and the colours. What it
// complains of, and what it asks of other servers than `origin`, is added to the two lists.
export async function watchedPage(browser, origin, { complaints, strangers }, options) {
  // Playwright clicks what stands still alone, so that each transition would be waited for.
  const made = await browser.newPage({ locale: 'en', reducedMotion: 'reduce', ...options });
  made.on('pageerror', (error) => complaints.push(String(error)));
  made.on('console', (message) => {
    // Chromium logs each 4xx answer; those are asked for here.
    const isAnswer = message.text().startsWith('Failed to load resource');
    if (message.type() === 'error' && !isAnswer) complaints.push(message.text());
  });
  made.on('request', (request) => {
    const target = new URL(request.url());
    if (target.protocol.startsWith('http') && target.origin !== origin) strangers.push(target.href);
  });
  return made;
}

// Starts a proxy that takes `path` off and has nothing else, and returns its origin.
export async function stripping(path, upstream) {
  const proxy = http.createServer((request, response) => {
    if (!request.url.startsWith(`${path}/`)) return response.writeHead(404).end();
    const options = { method: request.method, headers: request.headers };
    const forwarded = http.request(upstream + request.url.slice(path.length), options, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    forwarded.on('error', () => response.destroy());
    return request.pipe(forwarded);
  });
  atEnd(() => proxy.close());
  await new Promise((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${proxy.address().port}`;
}
