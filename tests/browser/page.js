// The demo page as a user operates it: every action and every assertion uses the page itself.

/** How long an action on the page may take, in milliseconds. */
const PATIENCE_MS = 60_000;

/** A tab with the demo page. */
export class DemoPage {
  /** Opens the page in a new browser profile, as another user would. */
  static async open(browser, url, size = { width: 1280, height: 800 }) {
    const context = await browser.createBrowserContext();
    const tab = await context.newPage();
    await tab.setViewport(size);
    tab.setDefaultTimeout(PATIENCE_MS);
    const page = new DemoPage(tab);
    // Errors that the page does not show fail the test too.
    tab.on('pageerror', (error) => page.troubles.push(String(error)));
    tab.on('console', (line) => {
      // The browser logs each 404, and each empty poll is one.
      if (line.type() === 'error' && !line.text().includes('Failed to load resource')) page.troubles.push(line.text());
    });
    tab.on('response', (answer) => {
      if (!answer.ok() && !new URL(answer.url()).pathname.startsWith('/0.5/')) page.troubles.push(`lacks ${answer.url()}`);
    });
    tab.on('request', (request) => {
      const asked = request.url();
      if (!asked.startsWith(new URL(url).origin) && !asked.startsWith('data:')) page.troubles.push(`asked for ${asked}`);
    });
    await tab.goto(url);
    return page;
  }

  constructor(tab) {
    this.tab = tab;
    this.troubles = [];
  }

  async join(room) {
    await this.tab.$eval('#room', (field, name) => (field.value = name), room);
    await this.tab.$eval('#room', (field) => field.dispatchEvent(new Event('input')));
    await this.tab.click('#enter');
  }

  /** Waits for a status; fails at once when the page shows a failure. */
  async status(title) {
    const reached = (wanted) => {
      const status = document.getElementById('status');
      const shown = document.getElementById('status-title').textContent;
      return (shown.startsWith(wanted) && 'reached') || (status.dataset.state === 'failed' && 'failed');
    };
    const how = await (await this.tab.waitForFunction(reached, {}, title)).jsonValue();
    if (how === 'failed') throw new Error(await this.failure());
  }

  /** The failure that the page shows: its sentence, and its details, which are folded away. */
  failure() {
    return this.tab.evaluate(() => {
      const { children } = document.getElementById('failure-details');
      const texts = [...children].map((child) => `${child.textContent}${child.tagName === 'DT' ? ':' : ';'}`);
      return `${document.getElementById('status-detail').textContent} ${texts.join(' ')}`;
    });
  }

  /** Waits until the status is in a state: idle, busy, asked, open, done or failed. */
  state(state) {
    return this.tab.waitForSelector(`#status[data-state="${state}"]`);
  }

  async says(text) {
    // Typing 60 KB key by key takes a minute.
    await this.tab.$eval('#text', (field, value) => (field.value = value), text);
    await this.tab.click('#send');
  }

  /** Waits for a message of the other peer that is exactly `text`. */
  async hears(text) {
    const heard = (wanted) =>
      [...document.querySelectorAll('#messages .other .body')].some((body) => body.textContent === wanted);
    await this.tab.waitForFunction(heard, {}, text);
  }

  leave() {
    return this.tab.click('#leave');
  }

  text(selector) {
    return this.tab.$eval(selector, (element) => element.innerText);
  }

  /** The rows of the request log. */
  requests() {
    return this.tab.$$eval('#requests tr', (rows) =>
      rows.map((row) => ({
        why: row.querySelector('.why').textContent,
        request: row.querySelector('.request').textContent,
        status: row.querySelector('.status').textContent,
      })),
    );
  }

  async close() {
    const { troubles } = this;
    await this.tab.browserContext().close();
    if (troubles.length > 0) throw new Error(`on the page: ${troubles.join('; ')}`);
  }
}
