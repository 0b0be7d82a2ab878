// The tab of the rooms in the window of a launcher, during real meetings.
//
//   node rooms.js CHROMIUM MEET SCREENSHOTS LAUNCHER LAUNCHER
//
// Both launchers share a network. Saves screenshots in the folder SCREENSHOTS.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';

import { offered } from '../node-peer/stored.js';
import { violations } from './axe.js';
import { Checks } from './checks.js';
import { launch } from './chromium.js';
import { tokenOf } from './fill.js';
import { DemoPage } from './page.js';
import { Terminal } from './terminal.js';

const [chromium, meet, screenshots, alices, bobs] = process.argv.slice(2);
const LAPTOP = { width: 1280, height: 800 };
/** More than a page of the list has. */
const ROOMS = 60;
const PHONE = { width: 400, height: 800 };

const browser = await launch(chromium);
const checks = new Checks(browser, screenshots);
const terminals = [];

function terminal(...args) {
  const started = new Terminal(meet, ...args);
  terminals.push(started);
  return started;
}

/** Looks for an offer in a room that has none. */
async function looksInto(token, room) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'x-mock-room': room };
  const name = createHash('sha256').update(btoa(`example.signaling.v1-${room}`)).digest('base64');
  const body = JSON.stringify({ name, typeTag: 500 });
  const named = await fetch(`${alices}/0.5/data-id/structured-data`, { method: 'POST', headers, body });
  const { handleId } = await named.json();
  assert.equal((await fetch(`${alices}/0.5/structured-data/handle/${handleId}`, { headers })).status, 404);
}

/** The window of a launcher, at a place. */
const open = (launcher, hash = '#rooms') => DemoPage.open(browser, `${launcher}/__mock/${hash}`, LAPTOP);

/** Waits until the room in detail has such a name and a state. */
const shows = (page, room, state) =>
  page.tab.waitForFunction(
    (name, word) => {
      const head = document.querySelector('.rooms-head');
      return head?.querySelector('h2').textContent === `Room ${name}` && head.querySelector('.chip').textContent === word;
    },
    {},
    room,
    state,
  );

const texts = (page, selector) => page.tab.$$eval(selector, (all) => all.map((one) => one.textContent));
const labels = (page, selector) => page.tab.$$eval(selector, (all) => all.map((one) => one.getAttribute('aria-label')));

/** Opens a room by its row in the list, as soon as that is there. */
const choose = (page, room) =>
  page.tab.waitForFunction(
    (name) => {
      const row = [...document.querySelectorAll('.rooms-row')].find((one) => one.querySelector('strong').textContent === name);
      row?.click();
      return Boolean(row);
    },
    {},
    room,
  );

/** Nothing is wrong with the page for axe-core, light and dark, on a laptop and on a phone. */
async function looked(page, name) {
  const found = [];
  for (const scheme of ['light', 'dark']) {
    await page.tab.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
    for (const [size, where] of [[PHONE, 'phone'], [LAPTOP, 'laptop']]) {
      await page.tab.setViewport(size);
      await page.tab.evaluate('window.scrollTo(0, 0)');
      await checks.picture(page, `window-${name}-${where}-${scheme}`);
      found.push(...(await violations(page.tab)).map((text) => `${name}, ${where}, ${scheme}: ${text}`));
      const wide = await page.tab.evaluate('document.documentElement.scrollWidth');
      if (wide > size.width) found.push(`${name}, ${where}: the page is ${wide} pixels wide`);
    }
  }
  assert.deepEqual(found, []);
}

await checks.check('without a room, the tab says what to do first', async () => {
  const answer = await fetch(`${alices}/__mock/reset`, { method: 'POST' });
  assert.ok(answer.ok, `${answer.status}`);
  const page = await open(alices);
  await page.tab.waitForSelector('.empty');
  const text = await page.text('.empty');
  assert.ok(text.includes('No room was used yet') && text.includes(`-- room1 --launcher ${alices}`) && text.includes(`-- room1 --launcher ${bobs}`), text);
  await looked(page, 'rooms-empty');
  await page.close();
});

await checks.check('a room is followed while two peers meet in it, from either window', async () => {
  const [page, others] = [await open(alices), await open(bobs)];
  const first = terminal('watched', alices);
  await shows(page, 'watched', 'waiting');
  await page.tab.waitForFunction(() => document.querySelectorAll('.tl-poll').length >= 5);
  assert.match(await page.text('.rooms-says'), /waited .* for an answer and polled/);
  await looked(page, 'rooms-waiting');
  const second = terminal('watched', bobs);
  await first.says('hello');
  await second.hears('hello');
  for (const one of [page, others]) {
    await one.tab.waitForSelector('.tl-answer_removed');
    await shows(one, 'watched', 'over');
    const marks = await labels(one, '.tl-mark');
    for (const wanted of ['first peer: offer stored', 'first peer: poll', 'second peer: offer read', 'second peer: answer stored', 'first peer: answer found']) {
      assert.ok(marks.some((mark) => mark.includes(wanted)), `${wanted}: ${marks.join('; ')}`);
    }
  }
  const steps = await texts(page, '.rooms-what');
  const many = steps.filter((text) => /^polled \d+ times: no answer yet$/.test(text));
  assert.equal(many.length, 1, steps.join('; '));
  await choose(page, 'watched');
  await looked(page, 'rooms-met');
  first.leave();
  await Promise.all([first.ended(), second.ended()]);
  await Promise.all([page.close(), others.close()]);
});

await checks.check('offer and answer are decoded side by side, with versions and raw content', async () => {
  const page = await open(alices);
  const first = terminal('decoded', alices);
  await offered(alices, 'decoded');
  await shows(page, 'decoded', 'waiting');
  const offer = '.rooms-description[aria-label="Offer"]';
  await page.tab.waitForSelector(`${offer} details`);
  const text = await page.text(offer);
  for (const wanted of [/Answer id\s+decoded-0\.\d+/, /Its peer polls\s+every 200 ms/, /Fingerprint\s+sha-256 [0-9A-F:]{95}/, /Candidates\s+host udp/, /Hash\s+\S{44}/, /ago/]) {
    assert.match(text, wanted);
  }
  await page.tab.locator(`${offer} summary`).click();
  assert.match(await page.text(`${offer} .well`), /"targetId": "decoded-0\.\d+"/);
  await choose(page, 'decoded');
  assert.deepEqual(await texts(page, `${offer} .rooms-versions tbody td:first-child`), ['0']);
  await looked(page, 'rooms-decoded');
  const second = terminal('decoded', bobs);
  await shows(page, 'decoded', 'over');
  await page.tab.waitForFunction(() => /this one/.test(document.querySelector('.rooms-description[aria-label="Answer"]').innerText));
  first.leave();
  await Promise.all([first.ended(), second.ended()]);
  await page.close();
});

await checks.check('pointer and keyboard read the marks, and open their requests', async () => {
  const page = await open(alices);
  await choose(page, 'watched');
  await shows(page, 'watched', 'over');
  const readout = () => page.text('.tl-readout');
  await page.tab.hover('.tl-offer_stored .tl-dot');
  assert.match(await readout(), /first peer: offer stored as version 0/);
  await page.tab.evaluate(() => document.querySelector('.tl-mark[tabindex="0"]').focus());
  await page.tab.keyboard.press('End');
  assert.match(await readout(), /removed/);
  await page.tab.keyboard.press('Home');
  await page.tab.keyboard.down('Shift');
  for (let steps = 0; steps < 2; steps += 1) await page.tab.keyboard.press('ArrowRight');
  await page.tab.keyboard.up('Shift');
  assert.match(await readout(), /second peer: offer read/);
  await page.tab.click('.tl-offer_stored .tl-dot');
  await page.tab.waitForFunction(() => /^#requests\/\d+/.test(location.hash));
  await page.close();
});

await checks.check('hundreds of polls stay readable: they are merged, and none is missing', async () => {
  const page = await open(alices);
  const first = terminal('many polls', alices, 10);
  await shows(page, 'many polls', 'waiting');
  const polls = () => Number(/(\d[\d,]*) polls/.exec(document.querySelector('.rooms-when').textContent)?.[1].replace(',', '') ?? 0);
  await page.tab.waitForFunction(`(${polls})() > 300`);
  const ticks = await page.tab.$$eval('.tl-poll', (all) => all.length);
  assert.ok(ticks < 300, `${ticks} ticks`);
  assert.ok((await labels(page, '.tl-poll')).some((label) => /\d+ polls without an answer/.test(label)));
  await checks.picture(page, 'window-rooms-many-polls');
  first.leave();
  first.kill();
  await page.close();
});

await checks.check('rooms come in pages, and each page is an address', async () => {
  const token = await tokenOf(alices);
  for (let at = 1; at <= ROOMS; at += 1) await looksInto(token, `room ${at}`);
  const page = await open(alices);
  const rows = () => texts(page, '.rooms-row strong');
  await page.tab.waitForFunction(() => document.querySelectorAll('.rooms-row').length === 50);
  assert.equal((await rows())[0], `room ${ROOMS}`);
  await shows(page, `room ${ROOMS}`, 'empty');
  await page.tab.locator('.rooms-pager a').click();
  await page.tab.waitForFunction(() => document.querySelector('.rooms-pager a').textContent === 'Newest rooms');
  assert.ok((await rows()).includes('room 1'), (await rows()).join('; '));
  await page.tab.goBack();
  await page.tab.waitForFunction(() => document.querySelector('.rooms-pager a').textContent === 'Older rooms');
  await page.close();
});

await checks.check('a room that is not known is said to be so, with a way back', async () => {
  const page = await open(alices, '#rooms/999999');
  await page.tab.waitForFunction(() => document.body.innerText.includes('Room 999999 is not known'));
  assert.ok(page.troubles.every((trouble) => trouble.endsWith('/rooms/999999')), page.troubles.join('; '));
  page.troubles.length = 0;
  await page.tab.locator('.rooms-detail a').click();
  await page.tab.waitForSelector('.rooms-head h2');
  await page.close();
});

for (const left of terminals) left.kill();
await browser.close();
