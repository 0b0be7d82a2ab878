// The window of the launcher in Chromium: each tab during real meetings, a consent that is denied, a fault that strikes, a lost
// handle, and long lists. What is read on the screen is asserted; axe-core judges each tab.
//
//   node window.js CHROMIUM SAFE_MOCK MEET SCREENSHOTS LAUNCHER LAUNCHER
//
// Both launchers share a network, and keep at least 10,000 journal entries. Saves screenshots in the folder SCREENSHOTS.

import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';

import { offered } from '../node-peer/stored.js';
import { launch } from './chromium.js';
import { call, flood, storeRecords, tokenOf } from './fill.js';
import { Launcher } from './launcher.js';
import { storeEachKind } from './nouns.js';
import { Terminal } from './terminal.js';
import { PHONE, WindowPage } from './window-page.js';

const [chromium, safeMock, meet, screenshots, alices, bobs] = process.argv.slice(2);
const RECORDS = 100_000;
const REQUESTS = 10_000;
/** No list draws more rows than fit on a tall screen, and some spare ones. */
const ROWS_MAX = 80;

const browser = await launch(chromium);
const terminals = [];

function terminal(...args) {
  const started = new Terminal(meet, ...args);
  terminals.push(started);
  return started;
}

async function check(claim, body) {
  const begun = Date.now();
  try {
    await body();
    console.log(`ok    ${claim} (${((Date.now() - begun) / 1_000).toFixed(1)} s)`);
  } catch (error) {
    process.exitCode = 1;
    console.log(`FAIL  ${claim}`);
    console.log(error.stack);
    await Promise.allSettled(browser.browserContexts().slice(1).map((context) => context.close()));
  }
}

const control = async (method, path, body) => {
  const answer = await fetch(`${alices}/__mock/${path}`, { method, body: body && JSON.stringify(body) });
  assert.equal(answer.status, 200, path);
};

await mkdir(screenshots, { recursive: true });
await control('POST', 'reset');

await check('an empty launcher says in each tab what to do first', async () => {
  const page = await WindowPage.open(browser, alices);
  await page.reads('live', '#live');
  await page.reads('Rooms', '[aria-selected="true"]');
  for (const [tab, title] of [
    ['Requests', 'No request yet'],
    ['Apps', 'No app was let in yet'],
    ['Faults', 'No rule'],
    ['Network', 'Nothing is stored yet'],
  ]) {
    await page.choose(tab);
    await page.reads(title);
    assert.deepEqual(await page.judged(`${tab.toLowerCase()}-empty`, screenshots), []);
  }
  await page.close();
});

await check('two meetings are seen in each tab, live, while they go on', async () => {
  const page = await WindowPage.open(browser, alices);
  await page.reads('live', '#live');
  const first = terminal('window-one', alices);
  await offered(alices, 'window-one');
  await page.reads('window-one');
  const waiting = terminal('window-two', bobs);
  await offered(bobs, 'window-two');
  await page.reads('window-two');

  await page.choose('Network');
  await page.reads('2 records');
  await theRecords(page);
  const second = terminal('window-one', bobs);
  await first.says('hello');
  await second.hears('hello');
  await page.reads('3 records');
  const guest = terminal('window-two', alices);
  await waiting.says('hello');
  await guest.hears('hello');
  await page.reads('4 records');
  assert.deepEqual(await page.judged('network', screenshots), []);
  await theRequests(page);
  await theApps(page);
  await page.choose('Rooms');
  await page.reads('window-one');
  assert.deepEqual(await page.judged('rooms', screenshots), []);

  for (const [one, other] of [[first, second], [waiting, guest]]) {
    one.leave();
    await Promise.all([one.ended(), other.ended()]);
  }
  await page.close();
});

/** The tab of the network: opens a record, and looks at its content in each form. */
async function theRecords(page) {
  assert.equal(await page.count('#record-rows .row'), 2);
  await page.reads('offer of window-one', '#record-rows');
  await page.click('#record-rows .row');
  await page.reads('Its hash', '.detail');
  await page.click('.detail input[value="hex"]');
  await page.reads('000000 ', '.detail .well');
  await page.click('.detail input[value="json"]');
  await page.reads('"targetId"', '.detail .well');
  assert.match(await page.text('.detail'), /Stored by request \d+( of launcher 2)? at \d\d:\d\d:\d\d\.\d\d\d Room offer of window-(one|two)/);
  await page.tab.reload();
  await page.reads('Its hash', '.detail');
  await page.tab.screenshot({ path: `${screenshots}/window-record.png` });
}

/** The tab of requests: filters, and opens one by keyboard. */
async function theRequests(page) {
  await page.choose('Requests');
  await page.reads('offer', '#request-rows');
  await page.tab.select('#panel [name="call"]', 'put');
  await page.readsNoMore('authorise', '#request-rows');
  assert.match(page.tab.url(), /#requests\?call=put$/);
  await page.tab.select('#panel [name="call"]', '');
  await page.tab.focus('#request-rows');
  await page.tab.keyboard.press('End');
  await page.tab.keyboard.press('Enter');
  await page.reads('Request ', '.detail h2');
  await page.reads('authorise', '.detail');
  const shown = await page.text('.detail');
  assert.match(shown, /App SAFE Signaling Demo/);
  assert.doesNotMatch(shown, /Bearer|eyJ/);
  assert.deepEqual(await page.judged('requests', screenshots), []);
}

/** The tab of apps: sessions. */
async function theApps(page) {
  await page.choose('Apps');
  await page.reads('low-level API', '.session');
  await page.reads('SAFE Signaling Demo', '.session');
  assert.deepEqual(await page.judged('apps', screenshots), []);
}

await check('an app that is denied is told so, and so is the reader of the journal', async () => {
  const page = await WindowPage.open(browser, alices, '__mock/#apps');
  await page.tab.select('#panel select', 'ask');
  await page.reads('No app waits to be let in');
  const ask = (name) =>
    fetch(`${alices}/auth`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ app: { name, id: 'net.example.asks', vendor: 'Example', version: '2' }, permissions: ['LOW_LEVEL_API'] }),
    });
  const [denied, allowed] = [ask('<b>Nosy</b> app'), ask('Kind app')];
  await page.reads('<b>Nosy</b> app');
  await page.reads('Kind app');
  assert.deepEqual(await page.judged('consent', screenshots), []);
  await page.press('Deny <b>Nosy</b> app');
  assert.equal((await denied).status, 401);
  await page.press('Allow Kind app');
  assert.equal((await allowed).status, 200);
  await page.reads('Kind app', '.session');
  await page.tab.select('#panel select', 'allow');
  await page.choose('Requests');
  await page.tab.select('#panel [name="status"]', '401');
  await page.reads('401', '#request-rows .row .chip');
  await page.click('#request-rows .row');
  await page.reads('Nosy', '.detail');
  assert.match(await page.text('.detail .notice'), /not let in|denied|decided/i);
  await page.goTo('#apps');
  await page.press('Log in another user');
  await page.reads('has sessions');
  await page.close();
});

await check('a fault is added by a form, strikes, and is spent; presets work by one click and back', async () => {
  const page = await WindowPage.open(browser, alices, '__mock/#faults');
  await page.tab.select('#panel [name="fault"]', 'lose_answer');
  await page.tab.select('#panel [name="call"]', 'health');
  await page.fill('times', '1');
  await page.press('Add the rule');
  await page.reads('Each “health” call is carried out, and its answer is lost, once.');
  await page.reads('0', '.strikes');
  await assert.rejects(fetch(`${alices}/health`));
  await page.reads('1', '.strikes');
  await page.reads('used up');
  await page.press('Lossy');
  await page.reads('Lossy: stop');
  await page.press('Slow');
  await page.reads('Slow: stop');
  await page.press('Cut off');
  await page.reads('cut off from its network');
  assert.deepEqual(await page.judged('faults', screenshots), []);
  await page.press('Join again');
  await page.reads('reaches its network');
  await page.press('Slow: stop');
  await page.press('Remove all');
  await page.reads('No rule');
  await page.fill('record', 'room1');
  await page.press('Add the rule');
  await page.reads('which is not 32 bytes in base64', '.problem');
  await page.choose('Requests');
  await page.tab.select('#panel [name="status"]', '0');
  await page.reads('broken', '#request-rows .row');
  await page.close();
});

await check('a handle that was lost has a reason, and its reader is led to it', async () => {
  const page = await WindowPage.open(browser, alices, '__mock/#apps');
  const token = await tokenOf(alices, 'leaky');
  const name = Buffer.alloc(32, 1).toString('base64');
  const hold = () => call(alices, token, 'POST', '/data-id/structured-data', { name, typeTag: 500 });
  const { handleId: lost } = JSON.parse((await hold()).text);
  for (let made = 1; made <= 120; made += 1) await hold();
  await page.reads('100 handles: 100 by hold_data_id', '.session');
  await page.click('.session summary');
  await page.reads('Made by', '.session');
  assert.deepEqual(await page.judged('handles', screenshots), []);
  const request = await page.text('.session td a');
  await page.click('.session td a');
  await page.reads(request.replace('request', 'Request'), '.detail h2');
  const answer = await call(alices, token, 'GET', `/structured-data/handle/${lost}`);
  assert.equal(answer.status, 400);
  assert.match(answer.why, new RegExp(`andle ${lost} was lost`));
  await page.goTo('#requests?app=net.example.leaky&status=400');
  await page.reads('was lost', '#request-rows .row .why');
  await page.click('#request-rows .row');
  await page.reads(`andle ${lost} was lost`, '.detail .notice');
  assert.deepEqual(await page.judged('lost-handle', screenshots), []);
  await page.goTo('#faults');
  await page.press('Lose handles');
  await page.goTo('#apps');
  await page.reads(' sessions, 0 handles');
  await page.close();
});

await check('a record of each kind says what it is, and so does a handle of each kind', async () => {
  await control('POST', 'reset');
  const { open, sealed } = await storeEachKind(alices, await tokenOf(alices, 'shop'));
  const page = await WindowPage.open(browser, alices, '__mock/#network');
  await page.reads('8 records');
  assert.deepEqual(await page.judged('kinds', screenshots), []);
  const { records } = await (await fetch(`${alices}/__mock/network`)).json();
  const cards = [];
  for (const { name } of records) {
    await page.goTo(`#network/${encodeURIComponent(name)}`);
    await page.reads(name, '.detail');
    const card = await page.text('.detail');
    assert.doesNotMatch(card, /\[object|undefined|null/);
    assert.deepEqual(await page.judged(`kind-${cards.length + 1}`, screenshots), []);
    cards.push(card);
  }
  const one = (wanted) => assert.equal(cards.filter((card) => wanted.test(card)).length, 1, `${wanted}: ${cards.join('\n')}`);
  one(/State directory Directory site, public .*Entries: 3 Name Size images\/ index.html 14 B large.bin 10.0 kB/);
  one(/State directory Directory images, private .*Entries: 0/);
  one(/State directory Directory shop-Root-Dir, private .*Entries: 1 Name Size site\//);
  one(/State immutable .*Content: 15 B .*never to change/);
  one(/State immutable .*Content: 10.0 kB/);
  one(/State live Type tag 5, of long names and their services/);
  one(new RegExp(`${open} State appendable Version 0 Access public Filter BlackList of 0 keys Items 2, and 0 deleted .*Points to`));
  one(new RegExp(`${sealed} State appendable Version 0 Access private: items are sealed for one app .*sealed, \\d+ B`));

  await page.choose('Apps');
  await page.reads('10 handles: 2 data ids, 1 cipher options, 2 writers, 1 reader, 1 encryption key, 1 signing key, 2 appendable data');
  await page.click('.session summary');
  await page.reads('encryption key encrypt_key_of', '.session');
  assert.deepEqual(await page.judged('kinds-of-handles', screenshots), []);
  await page.close();
});

await check('the tabs are walked by keyboard, and the address leads back to a place', async () => {
  const page = await WindowPage.open(browser, bobs, '__mock/#network');
  await page.reads('Network', '[aria-selected="true"]');
  await page.tab.focus('#tab-network');
  await page.tab.keyboard.press('ArrowRight');
  await page.reads('Rooms', '[aria-selected="true"]');
  assert.equal(await page.tab.evaluate(() => document.activeElement.id), 'tab-rooms');
  await page.tab.keyboard.press('End');
  await page.reads('Network', '[aria-selected="true"]');
  await page.tab.goBack();
  await page.reads('Rooms', '[aria-selected="true"]');
  await page.close();
});

await check('while the launcher is away the window says so, and when it is back shows what there is', async () => {
  const first = await Launcher.start(safeMock, '--port', '0');
  const page = await WindowPage.open(browser, first.url, '__mock/#requests');
  await page.reads('live', '#live');
  await fetch(`${first.url}/health`);
  await page.reads('health', '#request-rows');
  await first.stop();
  await page.reads('disconnected, trying again', '#live');
  await page.press('Clear the journal');
  await page.press('Clear');
  await page.reads('The launcher does not answer. Is it still running?', '.bar');
  await page.tab.screenshot({ path: `${screenshots}/window-disconnected.png` });
  const second = await Launcher.start(safeMock, '--port', first.port);
  await page.reads('live', '#live');
  await page.reads('No request yet');
  await page.tab.waitForFunction(() => document.querySelector('.bar').hidden);
  await page.close();
  await second.stop();
});

await check(`${REQUESTS.toLocaleString('en')} requests and ${RECORDS.toLocaleString('en')} records stay fluent`, async () => {
  await flood(alices, REQUESTS, () => 'GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n');
  const page = await WindowPage.open(browser, alices, '__mock/#requests');
  await page.reads('health', '#request-rows .row');
  await toTheEnd(page, '#request-rows', REQUESTS);
  await page.choose('Network');
  await storeRecords(alices, RECORDS);
  await page.tab.reload();
  await page.reads('immutable', '#record-rows .row');
  await toTheEnd(page, '#record-rows', RECORDS);
  await page.tab.screenshot({ path: `${screenshots}/window-network-many.png` });
  await page.tab.setViewport(PHONE);
  await page.tab.screenshot({ path: `${screenshots}/window-network-many-phone.png` });
  await page.close();
});

/** Scrolls until as many rows were read, and looks how many are in the document. */
async function toTheEnd(page, list, total) {
  const { drawn, listed, slowestMs } = await page.tab.evaluate(async (selector, wanted) => {
    const scroller = document.querySelector(selector);
    let drawn = 0;
    let slowestMs = 0;
    const listed = () => Number(scroller.querySelector('.row')?.getAttribute('aria-setsize') ?? 0);
    while (listed() < wanted) {
      const begun = performance.now();
      scroller.scrollTop = scroller.scrollHeight;
      await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
      slowestMs = Math.max(slowestMs, performance.now() - begun);
      drawn = Math.max(drawn, scroller.querySelectorAll('.row').length);
    }
    return { drawn, listed: listed(), slowestMs };
  }, list, total);
  console.log(`      ${list}: ${listed} rows read, at most ${drawn} drawn, the slowest step took ${Math.round(slowestMs)} ms`);
  assert.ok(listed >= total && drawn <= ROWS_MAX, `${listed} listed, ${drawn} drawn`);
}

for (const left of terminals) left.kill();
await browser.close();
