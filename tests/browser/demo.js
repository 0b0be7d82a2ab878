// What the demo page does besides meeting: consent, polls that fail, errors, copying; and how it looks.
//
//   node demo.js CHROMIUM SCREENSHOTS LAUNCHER LAUNCHER
//
// Both launchers serve the page and share a network. Saves screenshots in the folder SCREENSHOTS.

import assert from 'node:assert/strict';

import { readable, stored } from '../node-peer/stored.js';
import { violations } from './axe.js';
import { Checks } from './checks.js';
import { launch } from './chromium.js';
import { DemoPage } from './page.js';

const [chromium, screenshots, alices, bobs] = process.argv.slice(2);
const LAPTOP = { width: 1280, height: 800 };
const PHONE = { width: 400, height: 800 };

const demo = (launcher) => `${launcher}/__mock/demo/?poll_ms=200`;

const browser = await launch(chromium);
const checks = new Checks(browser, screenshots);

async function control(launcher, method, path, json) {
  const answer = await fetch(`${launcher}/__mock/${path}`, { method, body: json && JSON.stringify(json) });
  assert.ok(answer.ok, `${method} ${path}: ${answer.status}`);
  return answer.json().catch(() => undefined);
}

/** With a policy of consent, or a fault, that is gone afterwards. */
async function withConsent(launcher, policy, body) {
  await control(launcher, 'PUT', 'consent', { policy });
  try {
    await body();
  } finally {
    await control(launcher, 'PUT', 'consent', { policy: 'allow' });
  }
}

async function withFault(launcher, rule, body) {
  const { id } = await control(launcher, 'POST', 'faults', rule);
  try {
    await body();
  } finally {
    await fetch(`${launcher}/__mock/faults/${id}`, { method: 'DELETE' });
  }
}

const notice = (page, text) =>
  page.tab.waitForFunction((wanted) => document.getElementById('status-notice').textContent.includes(wanted), {}, text);

/** Two pages, one at each launcher, that are connected in a room. */
async function met(page, room) {
  const other = await DemoPage.open(browser, demo(bobs));
  await other.join(room);
  await Promise.all([page.status('Connected'), other.status('Connected')]);
  await page.says('still there?');
  await other.hears('still there?');
  return other;
}

/** Nothing is wrong with the page for axe-core, light and dark, on a laptop and on a phone. */
async function looked(page, name) {
  const found = [];
  for (const scheme of ['light', 'dark']) {
    await page.tab.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
    for (const [size, where] of [[PHONE, 'phone'], [LAPTOP, 'laptop']]) {
      await page.tab.setViewport(size);
      await page.tab.evaluate('window.scrollTo(0, 0)');
      await checks.picture(page, `demo-${name}-${where}-${scheme}`, where === 'phone');
      const about = `${name}, ${where}, ${scheme}`;
      found.push(...(await violations(page.tab)).map((text) => `${about}: ${text}`));
      const wide = await page.tab.evaluate('document.documentElement.scrollWidth');
      if (wide > size.width) found.push(`${about}: the page is ${wide} pixels wide`);
      const bottom = await page.tab.$eval('#say', (form) => form.getBoundingClientRect().bottom);
      if (where === 'laptop' && bottom > size.height) found.push(`${about}: the message field ends at ${bottom}`);
    }
  }
  assert.deepEqual(found, []);
}

await checks.check('axe finds nothing, and the message field is in view, in each state', async () => {
  const page = await DemoPage.open(browser, demo(alices));
  await looked(page, 'idle');
  await page.join('looked at');
  await page.tab.waitForFunction(() => document.querySelectorAll('#picture .tl-poll').length > 3);
  await looked(page, 'waiting');
  const other = await met(page, 'looked at');
  await looked(page, 'talking');
  await other.leave();
  await page.status('The other peer left.');
  await withConsent(alices, 'ask', async () => {
    await page.join('looked at again');
    await page.state('asked');
    await looked(page, 'asked');
    await page.tab.locator('#deny').click();
    await page.state('failed');
    await page.tab.locator('#failure summary').click();
    await looked(page, 'failed');
  });
  await page.tab.setViewport(LAPTOP);
  await Promise.all([page.close(), other.close()]);
});

await checks.check('a page that waits for consent is let in by its button, and only that page', async () => {
  const [page, another] = [await DemoPage.open(browser, demo(alices)), await DemoPage.open(browser, demo(alices))];
  await withConsent(alices, 'ask', async () => {
    await another.join('asked before');
    await another.state('asked');
    await page.join('asked');
    await page.state('asked');
    assert.match(await page.text('#status-detail'), /asks its user whether "SAFE Signaling Demo" may store and read records/);
    await page.tab.locator('#allow').click();
    await page.status('Waiting for an answer');
    assert.equal(await another.text('#status-title'), 'Let this page in?');
    await another.tab.locator('#deny').click();
    await another.state('failed');
    assert.match(await another.failure(), /its user did not let the app in/);
  });
  const other = await met(page, 'asked');
  await Promise.all([page.close(), another.close(), other.close()]);
});

await checks.check('after an error, one click tries again', async () => {
  const page = await DemoPage.open(browser, demo(alices));
  await withConsent(alices, 'deny', async () => {
    await page.join('tried again');
    await page.state('failed');
    const shown = await page.text('#status');
    assert.ok(shown.includes('its user did not let the app in') && !shown.includes('/0.5/auth'), shown);
    assert.match(await page.failure(), /Request: POST \/0\.5\/auth; Answer: 401/);
  });
  await page.tab.locator('#again').click();
  await page.status('Waiting for an answer');
  await page.close();
});

await checks.check('polls that fail are survived: each is repeated at the next tick', async () => {
  const before = await readable(alices);
  const page = await DemoPage.open(browser, demo(alices));
  await page.join('failing polls');
  await page.status('Waiting for an answer');
  const rule = { matching: { call: 'fetch' }, fault: 'reset' };
  await withFault(alices, rule, async () => {
    await notice(page, 'The last 2 polls failed. The launcher cannot be reached');
    assert.equal(await page.text('#status-title'), 'Waiting for an answer…');
    await checks.picture(page, 'demo-failed-polls', false);
  });
  await page.tab.waitForFunction(() => document.getElementById('status-notice').hidden);
  const other = await met(page, 'failing polls');
  await page.leave();
  await stored(alices, before);
  await Promise.all([page.close(), other.close()]);
});

await checks.check('a session that is lost while the page polls is asked for again, and nothing stays stored', async () => {
  const before = await readable(alices);
  const page = await DemoPage.open(browser, demo(alices));
  await page.join('lost session');
  await page.status('Waiting for an answer');
  await control(alices, 'POST', 'restart');
  const asked = () => [...document.querySelectorAll('#requests .why')].filter((why) => why.textContent === 'ask for a session');
  await page.tab.waitForFunction(`(${asked})().length === 2`);
  const other = await met(page, 'lost session');
  await page.leave();
  await stored(alices, before);
  await Promise.all([page.close(), other.close()]);
});

await checks.check('an offer whose storing got no answer is looked up, and stored once', async () => {
  const before = await readable(alices);
  const page = await DemoPage.open(browser, demo(alices));
  const rule = { matching: { call: 'put' }, fault: 'lose_answer', until: { times: 1 } };
  await withFault(alices, rule, async () => {
    await page.join('lost answer');
    await page.status('Waiting for an answer');
    assert.equal(await readable(alices), before + 1);
  });
  const other = await met(page, 'lost answer');
  await page.leave();
  await stored(alices, before);
  await Promise.all([page.close(), other.close()]);
});

await checks.check('room name, link and command are copied by their buttons', async () => {
  const page = await DemoPage.open(browser, demo(alices));
  const { origin } = new URL(alices);
  await page.tab.browserContext().overridePermissions(origin, ['clipboard-read', 'clipboard-sanitized-write']);
  await page.tab.$eval('#room', (field) => {
    field.value = "it's ours";
    field.dispatchEvent(new Event('input'));
  });
  for (const [button, wanted] of [
    ['#copy-room', "it's ours"],
    ['#copy-link', `${alices}/__mock/demo/?poll_ms=200#it's%20ours`],
    ['#copy-command', String.raw`cargo run --release -p signaling --example meet -- 'it'\''s ours' --launcher ${origin}`],
  ]) {
    await page.tab.locator(button).click();
    await page.tab.waitForFunction((id) => document.querySelector(id).textContent === 'Copied', {}, button);
    assert.equal(await page.tab.evaluate('navigator.clipboard.readText()'), wanted);
  }
  await page.close();
});

await checks.check('both peers are in the picture of either page, and each mark leads to its request', async () => {
  const page = await DemoPage.open(browser, demo(alices));
  await page.join('pictured');
  await page.status('Waiting for an answer');
  const other = await met(page, 'pictured');
  for (const one of [page, other]) {
    await one.tab.waitForSelector('#picture .tl-answer_removed');
    const marks = await one.tab.$$eval('#picture .tl-mark', (all) => all.map((mark) => mark.getAttribute('aria-label')));
    for (const wanted of [/first peer.*offer stored/, /second peer.*offer/, /second peer.*answer/, /first peer.*answer/]) {
      assert.ok(marks.some((mark) => wanted.test(mark)), `${wanted}: ${marks.join('; ')}`);
    }
    const links = await one.tab.$$eval('#picture .tl-mark', (all) => all.map((mark) => mark.getAttribute('href')));
    assert.ok(links.every((link) => /\/#requests\/\d+$/.test(link)), links.join(' '));
  }
  await Promise.all([page.close(), other.close()]);
});

await browser.close();
