// The journal of the launcher, as far as it was read: the newest entries that match a filter, and earlier ones on demand.

/** How many entries are read at a time. */
const PART = 500;

export class Journal {
  #filter = {};
  #before = null;
  #reading = null;

  constructor(api) {
    this.api = api;
    this.entries = [];
    this.calls = {};
    this.written = this.forgotten = this.startedAtMs = 0;
    this.isRead = false;
  }

  get hasMore() {
    return this.#before !== null;
  }

  /** Reads the newest entries that match. */
  async read(filter = this.#filter) {
    this.#filter = filter;
    const page = await this.#ask({ limit: PART });
    this.entries = page.entries.reverse();
    this.#before = page.before ?? null;
    this.isRead = true;
  }

  /** Reads what is new. If the newest known entry is gone, the journal was cleared, and is read again. */
  async update() {
    const newest = this.entries[0]?.number;
    if (newest === undefined) return this.read();
    const page = await this.#ask({ after: newest - 1, limit: 2 * PART });
    const hasGap = page.before !== undefined;
    if (hasGap || page.entries[0]?.number !== newest) return this.read();
    this.entries = [...page.entries.slice(1).reverse(), ...this.entries];
  }

  /** Reads earlier entries. Returns whether there were any. */
  async more() {
    if (this.#before === null || this.#reading) return false;
    this.#reading = this.#before;
    try {
      const page = await this.#ask({ before: this.#reading, limit: PART });
      // Meanwhile the list may have been read anew.
      if (this.#before !== this.#reading) return false;
      this.#before = page.before ?? null;
      this.entries = [...this.entries, ...page.entries.reverse()];
      return true;
    } catch {
      return false;
    } finally {
      this.#reading = null;
    }
  }

  /** One entry, whether or not it matches. */
  async entry(number) {
    const known = this.entries.find((entry) => entry.number === number);
    if (known) return known;
    const page = await this.api.get('journal', { after: number - 1, before: number + 1 });
    return page.entries[0];
  }

  async #ask(parameters) {
    const page = await this.api.get('journal', { ...this.#filter, ...parameters });
    this.calls = page.calls;
    this.written = page.written;
    this.forgotten = page.forgotten;
    this.startedAtMs = page.startedAtMs;
    return page;
  }
}
