// The window of the launcher as a user operates it: what is clicked and typed, and what is read on the screen.

import { join } from 'node:path';

import { violations } from './axe.js';

/** How long an action may take, in milliseconds. */
const PATIENCE_MS = 60_000;

/** The sizes at which the window is looked at. */
export const DESKTOP = { width: 1280, height: 900 };
export const PHONE = { width: 400, height: 800 };

/** A browser tab with the window of a launcher. */
export class WindowPage {
  static async open(browser, launcher, hash = '') {
    const context = await browser.createBrowserContext();
    await context.overridePermissions(launcher, ['clipboard-write', 'clipboard-read']);
    const tab = await context.newPage();
    await tab.setViewport(DESKTOP);
    tab.setDefaultTimeout(PATIENCE_MS);
    const page = new WindowPage(tab, launcher);
    tab.on('pageerror', (error) => page.troubles.push(String(error)));
    tab.on('console', (line) => {
      // The browser logs each answer that is no success; what the window makes of it is asserted.
      if (line.type() === 'error' && !line.text().includes('Failed to load resource')) page.troubles.push(line.text());
    });
    tab.on('request', (request) => {
      const asked = request.url();
      if (!asked.startsWith(`${launcher}/`) && !asked.startsWith('data:')) page.troubles.push(`asked for ${asked}`);
    });
    await tab.goto(`${launcher}/${hash}`);
    return page;
  }

  constructor(tab, launcher) {
    this.tab = tab;
    this.launcher = launcher;
    this.troubles = [];
  }

  /** Opens a tab of the window by a click. */
  async choose(title) {
    await this.tab.locator(`::-p-xpath(//*[@role="tab"][.="${title}"])`).click();
    await this.reads(title, '[role="tab"][aria-selected="true"]');
  }

  /** Goes to a place of the window, as a link of a colleague does. */
  async goTo(hash) {
    await this.tab.evaluate((wanted) => (location.hash = wanted), hash);
  }

  /** Waits until a text is on the screen, in an element or anywhere in the tab. */
  async reads(text, selector = '#panel') {
    const shown = (wanted, where) =>
      [...document.querySelectorAll(where)].some((element) => element.innerText.replace(/\s+/g, ' ').includes(wanted));
    try {
      await this.tab.waitForFunction(shown, {}, text, selector);
    } catch (error) {
      const instead = await this.text('#panel').catch(() => 'nothing');
      throw new Error(`“${text}” is not in ${selector}; the tab shows: ${instead.slice(0, 3_000)}`, { cause: error });
    }
  }

  /** Waits until a text is gone. */
  async readsNoMore(text, selector = '#panel') {
    const gone = (unwanted, where) =>
      [...document.querySelectorAll(where)].every((element) => !element.innerText.replace(/\s+/g, ' ').includes(unwanted));
    await this.tab.waitForFunction(gone, {}, text, selector);
  }

  text(selector) {
    return this.tab.$eval(selector, (element) => element.innerText.replace(/\s+/g, ' ').trim());
  }

  texts(selector) {
    return this.tab.$$eval(selector, (elements) => elements.map((element) => element.innerText.replace(/\s+/g, ' ').trim()));
  }

  count(selector) {
    return this.tab.$$eval(selector, (elements) => elements.length);
  }

  /** Presses the button with this text or label. */
  async press(name) {
    await this.tab.locator(`::-p-aria([name="${name}"][role="button"])`).click();
  }

  /** Clicks on an element, once it stands still. */
  async click(selector) {
    await this.tab.locator(selector).click();
  }

  /** Fills a field of a form. */
  async fill(name, value) {
    await this.tab.locator(`#panel [name="${name}"]`).fill(value);
  }

  /** What axe-core finds in the tab that is open, light and dark, on a desktop and a phone. */
  async judged(name, screenshots) {
    const found = [];
    for (const [size, viewport] of [['desktop', DESKTOP], ['phone', PHONE]]) {
      await this.tab.setViewport(viewport);
      for (const scheme of ['light', 'dark']) {
        await this.tab.emulateMediaFeatures([
          { name: 'prefers-color-scheme', value: scheme },
          { name: 'prefers-reduced-motion', value: 'reduce' },
        ]);
        const overflow = await this.tab.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        if (overflow > 0) found.push(`${name}, ${size}: the page is ${overflow} px wider than the screen`);
        found.push(...(await violations(this.tab)).map((text) => `${name}, ${size}, ${scheme}: ${text}`));
        const path = join(screenshots, `window-${name}-${size}-${scheme}.png`);
        await this.tab.screenshot({ path, fullPage: size === 'phone' });
      }
    }
    await this.tab.emulateMediaFeatures([]);
    await this.tab.setViewport(DESKTOP);
    return found;
  }

  async close() {
    const { troubles } = this;
    await this.tab.browserContext().close();
    if (troubles.length > 0) throw new Error(`in the window: ${troubles.join('; ')}`);
  }
}
