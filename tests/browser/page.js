// The demo page as its user sees it: everything here is done and read on the page itself.

/** How long anything on the page may take, in milliseconds. */
const PATIENCE_MS = 60_000;

/** One tab with the demo page. */
export class DemoPage {
  /** Opens it in a browser profile of its own: another user, or the same one at another machine. */
  static async open(browser, url, size = { width: 1280, height: 900 }) {
    const context = await browser.createBrowserContext();
    const tab = await context.newPage();
    await tab.setViewport(size);
    tab.setDefaultTimeout(PATIENCE_MS);
    const page = new DemoPage(tab);
    // What goes wrong unseen is a failure too.
    tab.on('pageerror', (error) => page.troubles.push(String(error)));
    tab.on('console', (line) => {
      // The browser notes each answer that is none; the launcher gives one for each look in vain.
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

  /** Until the status says so; fails at once when the page has given up. */
  async status(title) {
    const reached = (wanted) => {
      const status = document.getElementById('status');
      const shown = document.getElementById('status-title').textContent;
      return (shown.startsWith(wanted) && 'reached') || (status.dataset.state === 'failed' && 'failed');
    };
    const how = await (await this.tab.waitForFunction(reached, {}, title)).jsonValue();
    if (how === 'failed') throw new Error(await this.text('#status'));
  }

  async says(text) {
    // Typing 60 KB key by key takes a minute.
    await this.tab.$eval('#text', (field, value) => (field.value = value), text);
    await this.tab.click('#send');
  }

  /** Until a message of the other peer is, to the letter, `text`. */
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

  /** What the log of requests shows, row by row. */
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
