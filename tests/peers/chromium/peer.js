// Chromium as a peer program (docs/peers.md): the demo page of safe-mock in a headless browser. It needs an installed Chromium, and
//
//   npm ci --prefix tests/browser --no-audit --no-fund --ignore-scripts
//
// The page is opened at the address of the launcher, whatever that launcher serves there: its files come from this repository, and
// every other request goes to the launcher. The page knows no ICE servers.

import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';

import { findChromium, launch } from '../../browser/chromium.js';
import { DemoPage } from '../../browser/page.js';

const PAGE_PATH = '/__mock/demo/';
/** Where the files of the page are, and those that it shares with the window, by their paths. */
const FILES = {
  [PAGE_PATH]: new URL('../../../safe-mock/demo/', import.meta.url),
  '/__mock/window/': new URL('../../../safe-mock/window/', import.meta.url),
};
const KINDS = { html: 'text/html', css: 'text/css', js: 'text/javascript' };

/** How long the page's last requests may take, in milliseconds. */
const LEAVE_TIMEOUT_MS = 5_000;
/** How long there is no request when there were the last ones. */
const IDLE_MS = 100;

const launcherUrl = process.env.SAFE_LAUNCHER_URL;
const room = process.env.SIGNALING_ROOM;
const pollIntervalMs = process.env.SIGNALING_POLL_INTERVAL_MS ?? 2_000;
const deadlineMs = Number(process.env.SIGNALING_DEADLINE_MS ?? 30_000);

/** One event, as one line of stdout. */
const tell = (event, fields) => console.log(JSON.stringify({ event, ...fields }));

/** Answers a request of the tab for a file of the page, and lets every other one go on. */
async function serve(request) {
  const { origin, pathname } = new URL(request.url());
  const path = Object.keys(FILES).find((prefix) => pathname.startsWith(prefix));
  if (origin !== new URL(launcherUrl).origin || !path) return request.continue();
  const name = pathname.slice(path.length) || 'index.html';
  const body = await readFile(new URL(name, FILES[path]));
  return request.respond({ body, contentType: KINDS[name.split('.').pop()] });
}

/** In the page: reports each status and each message of the other peer. */
function observe() {
  const status = document.getElementById('status');
  const detail = document.getElementById('status-detail');
  const onStatus = () => window.reportStatus(status.dataset.state, detail.textContent);
  new MutationObserver(onStatus).observe(status, { attributeFilter: ['data-state'] });

  const texts = (node) => [...(node.matches?.('.other') ? node.querySelectorAll('.body') : [])].map((body) => body.textContent);
  const onMessages = (changes) => {
    const added = changes.flatMap(({ addedNodes }) => [...addedNodes]);
    for (const text of added.flatMap(texts)) window.reportMessage(text);
  };
  new MutationObserver(onMessages).observe(document.getElementById('messages'), { childList: true });
}

/** Leaves the room, if the page is in one. */
const leave = (tab) => tab.$eval('#leave', (button) => button.hidden || button.click());

/** The page in a room, until the meeting has ended. Fulfilled with the exit code. */
function meet(tab, page, told) {
  return new Promise((resolve) => {
    let [isConnected, hasEnded] = [false, false];
    const early = [];
    const end = (event, fields) => {
      clearTimeout(late);
      if (!hasEnded && event) tell(event, fields);
      hasEnded = true;
      resolve(event === 'failed' ? 1 : 0);
    };
    const fail = (reason) => (isConnected ? console.log(reason) : end('failed', { reason }));
    // From when the program was started: the browser takes its time.
    const left = Math.max(deadlineMs - performance.now(), 0);
    const late = setTimeout(() => fail(`the two did not meet within ${deadlineMs} ms`), left);

    const onMessage = (text) => (isConnected ? tell('message', { text }) : early.push(text));
    const onOpen = (detail) => {
      if (hasEnded) return;
      isConnected = true;
      clearTimeout(late);
      tell('connected', { role: /the (initiator|recipient)/.exec(detail)[1] });
      early.forEach(onMessage);
      if (process.env.SIGNALING_SEND) page.says(process.env.SIGNALING_SEND).catch((error) => fail(error.message));
    };
    const onStatus = { open: onOpen, done: () => end(isConnected && 'closed'), failed: fail };

    (async () => {
      await tab.exposeFunction('reportStatus', (state, detail) => onStatus[state]?.(detail));
      await tab.exposeFunction('reportMessage', onMessage);
      await tab.evaluate(observe);
      await page.join(room);
      await told;
      await leave(tab);
    })().catch((error) => fail(error.message));
  });
}

const commands = createInterface({ input: process.stdin });
const told = new Promise((resolve) => {
  commands.on('line', (line) => line.trim() === 'close' && resolve());
  commands.on('close', resolve);
});

const browser = await launch(findChromium());
const tab = await browser.newPage();
await tab.setRequestInterception(true);
tab.on('request', (request) => serve(request).catch((error) => console.log(`${request.url()}: ${error.message}`)));
await tab.goto(`${launcherUrl}${PAGE_PATH}?poll_ms=${pollIntervalMs}`);

const code = await meet(tab, new DemoPage(tab), told);
// The page may still be in the room. Then it deletes its record, and drops its handles.
await leave(tab);
await tab.waitForNetworkIdle({ idleTime: IDLE_MS, timeout: LEAVE_TIMEOUT_MS }).catch((error) => console.log(error.message));
await browser.close();
process.exit(code);
