// Starts the browser, and servers that end with the test's file.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
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
