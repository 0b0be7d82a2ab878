// The demo page in Chromium meets the `meet` example, in either role, and itself.
//
//   node meetings.js CHROMIUM MEET SCREENSHOTS LAUNCHER LAUNCHER
//
// Both launchers serve the page and share a network. Saves screenshots in the folder SCREENSHOTS.

import assert from 'node:assert/strict';

import { offered, readable, stored } from '../node-peer/stored.js';
import { Checks } from './checks.js';
import { launch } from './chromium.js';
import { DemoPage } from './page.js';
import { Terminal } from './terminal.js';

const [chromium, meet, screenshots, alices, bobs] = process.argv.slice(2);
const LARGE_CHARS = 60_000;
const PHONE = { width: 375, height: 740 };

const large = (letter) => letter.repeat(LARGE_CHARS);
const demo = (launcher) => `${launcher}/__mock/demo/?poll_ms=200`;

const browser = await launch(chromium);
const checks = new Checks(browser, screenshots);
const terminals = [];

function terminal(...args) {
  const started = new Terminal(meet, ...args);
  terminals.push(started);
  return started;
}

/** Each sends a short and a long message, and receives the other's unchanged. */
async function talk(one, other) {
  await one.says('hello from the first');
  await other.hears('hello from the first');
  await other.says('hello from the second');
  await one.hears('hello from the second');
  await one.says(large('a'));
  await other.hears(large('a'));
  await other.says(large('b'));
  await one.hears(large('b'));
  await one.says('all of it?');
  await other.hears('all of it?');
  await other.says('every letter');
  await one.hears('every letter');
}

await checks.check('the page is the initiator; the terminal is the recipient, and leaves', async () => {
  const page = await DemoPage.open(browser, demo(alices));
  await page.join('browser-first');
  await page.status('Waiting for an answer');
  const other = terminal('browser-first', bobs);
  await page.status('Connected');
  assert.match(await page.text('#status-detail'), /You are the first peer: the initiator/);
  await talk(page, other);
  other.leave();
  await page.status('The other peer left.');
  await other.ended();

  const requests = await page.requests();
  const offer = requests.find(({ why, request }) => why === 'store the offer' && request.startsWith('PUT'));
  assert.equal(offer.status, '200');
  assert.ok(requests.some(({ why }) => why === 'poll 1'), 'no poll is in view');
  assert.deepEqual(requests.filter(({ status }) => !['200', '404'].includes(status)), []);
  await page.close();
});

await checks.check('the terminal is the initiator; the page is the recipient, and leaves', async () => {
  const other = terminal('terminal-first', alices);
  await offered(alices, 'terminal-first');
  const page = await DemoPage.open(browser, demo(bobs));
  await page.join('terminal-first');
  await page.status('Connected');
  assert.match(await page.text('#status-detail'), /You are the second peer: the recipient/);
  await talk(other, page);
  await page.leave();
  await page.status('You left.');
  await other.ended();
  await page.close();
});

await checks.check('two pages meet twice in one room, each leaves once, and nothing stays stored', async () => {
  const before = await readable(alices);
  const first = await DemoPage.open(browser, demo(alices));
  const second = await DemoPage.open(browser, demo(bobs), PHONE);
  for (const [leaver, other] of [[first, second], [second, first]]) {
    await first.join('two pages');
    await first.status('Waiting for an answer');
    await second.join('two pages');
    await Promise.all([first.status('Connected'), second.status('Connected')]);
    await talk(first, second);
    if (leaver === first) {
      await checks.picture(first, 'demo-talking');
      await checks.picture(second, 'demo-phone');
    }
    await leaver.leave();
    await leaver.status('You left.');
    await other.status('The other peer left.');
  }
  await stored(alices, before);
  await Promise.all([first.close(), second.close()]);
});

await checks.check('two pages that join at the same time meet', async () => {
  const pages = await Promise.all([alices, bobs].map((launcher) => DemoPage.open(browser, demo(launcher))));
  await Promise.all(pages.map((page) => page.join('both at once')));
  await Promise.all(pages.map((page) => page.status('Connected')));
  const details = await Promise.all(pages.map((page) => page.text('#status-detail')));
  assert.equal(details.filter((detail) => detail.includes('initiator')).length, 1, details.join('; '));
  await talk(...pages);
  await Promise.all(pages.map((page) => page.close()));
});

await checks.check('a peer that leaves before another one joins leaves no record', async () => {
  const before = await readable(alices);
  const page = await DemoPage.open(browser, demo(alices));
  await page.join('nobody comes');
  await page.status('Waiting for an answer');
  await checks.picture(page, 'demo-waiting');
  await page.leave();
  await page.status('You left.');
  await page.tab.waitForFunction(() => /delete the record.*200.*drop a handle.*200/s.test(document.body.innerText));
  await stored(alices, before);
  await page.close();
});

await checks.check('a page that is reloaded deletes its offer, and is the initiator again', async () => {
  const before = await readable(alices);
  const page = await DemoPage.open(browser, demo(alices));
  await page.join('reloaded');
  await page.status('Waiting for an answer');
  await page.tab.reload();
  await stored(alices, before);
  await page.join('reloaded');
  await page.status('Waiting for an answer');
  const other = terminal('reloaded', bobs);
  await page.status('Connected');
  other.leave();
  await page.status('The other peer left.');
  await other.ended();
  await page.close();
});

await checks.check('at a stale offer, the third peer gets an error at once, and the second one at the end of its wait', async () => {
  const crashed = terminal('left over', alices);
  await offered(alices, 'left over');
  crashed.kill();
  const second = await DemoPage.open(browser, demo(alices));
  await second.join('left over');
  await second.status('Connecting to the other peer');
  const third = await DemoPage.open(browser, demo(bobs));
  await third.join('left over');
  await assert.rejects(third.status('Connected'), /Another peer has answered this offer already.*While: publishing the answer/s);
  await assert.rejects(second.status('Connected'), /No path to the other peer was found.*While: connecting to the other peer/s);
  await Promise.all([second.close(), third.close()]);
});

await checks.check('an error is shown as a sentence', async () => {
  const page = await DemoPage.open(browser, demo(alices));
  await page.join('a \u2603 room');
  assert.equal(await page.text('#room-problem'), "the name has the character '\u2603'; only characters up to U+00FF can be used");

  const consent = (policy) => fetch(`${alices}/__mock/consent`, { method: 'PUT', body: JSON.stringify({ policy }) });
  await consent('deny');
  await page.join('not for you');
  await assert.rejects(page.status('Connected'), /The launcher refused to authorise the app: its user did not let the app in/);
  await checks.picture(page, 'demo-refused');
  await consent('allow');
  await page.close();
});

for (const left of terminals) left.kill();
await browser.close();
