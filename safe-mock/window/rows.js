// A list of any length: rows of one height, of which only those on screen are in the document. It is a listbox: the arrows
// move, Enter opens.

import { make, replace } from './dom.js';

/** How many rows are kept above and below those on screen. */
const SPARE = 6;

/** The list and its rows. `render(item)` gives the cells of a row, `key(item)` what it is known by. */
export class Rows {
  #items = [];
  #chosen = null;
  #active = 0;
  #drawn = [0, -1];
  /** The rows in the document, by key: the item of each, and its element. */
  #rows = new Map();
  #listeners;

  /**
   * `columns` are the headings; `height` of a row in pixels; `visible` how many rows are on screen at most; `choose(item)` is
   * called when a row is opened; `reached()` when the end comes into view.
   */
  constructor({ label, columns, height, key, render, choose, reached, id }) {
    this.#listeners = { key, render, choose, reached };
    this.height = height;
    this.id = id;
    this.space = make('div', { class: 'space', role: 'presentation' });
    this.scroller = make('div', {
      class: 'rows',
      role: 'listbox',
      id,
      tabindex: '0',
      aria: { label },
      on: {
        scroll: () => this.#draw(),
        keydown: (event) => this.#press(event),
        focus: () => this.#draw(true),
        click: (event) => this.#click(event),
      },
    }, this.space);
    const head = make('div', { class: 'columns', aria: { hidden: 'true' } }, columns);
    this.element = make('div', { class: 'list' }, head, this.scroller);
    this.size = new ResizeObserver(() => {
      // The headings stand above their columns, also where a scroll bar takes room beside the rows.
      head.style.marginRight = `${this.scroller.offsetWidth - this.scroller.clientWidth}px`;
      this.#draw();
    });
    this.size.observe(this.scroller);
    this.size.observe(this.space);
  }

  get items() {
    return this.#items;
  }

  /** Shows other items. The row at the top of the screen stays there, unless it is the first one. */
  set(items) {
    const { key } = this.#listeners;
    const top = Math.floor(this.scroller.scrollTop / this.height);
    const held = this.scroller.scrollTop > this.height / 2 && this.#items[top] !== undefined ? key(this.#items[top]) : null;
    const active = this.#items[this.#active] === undefined ? null : key(this.#items[this.#active]);
    const into = this.scroller.scrollTop - top * this.height;
    this.#items = items;
    const rows = Math.max(items.length, 1);
    this.space.style.height = `${rows * this.height}px`;
    this.scroller.style.height = `min(${rows * this.height}px, max(260px, calc(100vh - 330px)))`;
    if (active !== null) this.#active = Math.max(items.findIndex((item) => key(item) === active), 0);
    if (held !== null) {
      const at = items.findIndex((item) => key(item) === held);
      if (at >= 0) this.scroller.scrollTop = at * this.height + into;
    }
    this.#draw(true);
  }

  /** Marks the row of a key as the one that is open. */
  choose(key) {
    this.#chosen = key;
    const at = this.#items.findIndex((item) => this.#listeners.key(item) === key);
    if (at >= 0) this.#active = at;
    this.#draw(true);
  }

  /** Takes the focus from a detail that is about to be closed, so that the keyboard goes on where it was. */
  takeFocusFrom(detail) {
    if (detail.contains(document.activeElement)) this.scroller.focus({ preventScroll: true });
  }

  close() {
    this.size.disconnect();
  }

  #draw(again = false) {
    const first = Math.max(Math.floor(this.scroller.scrollTop / this.height) - SPARE, 0);
    const shown = Math.ceil(this.scroller.clientHeight / this.height) + 2 * SPARE;
    const last = Math.min(first + shown, this.#items.length - 1);
    if (last >= this.#items.length - 1 - SPARE) this.#listeners.reached?.();
    if (!again && this.#drawn[0] === first && this.#drawn[1] === last) return;
    this.#drawn = [first, last];
    this.#place(first, last);
    const hasActive = this.#active >= first && this.#active <= last;
    if (hasActive) this.scroller.setAttribute('aria-activedescendant', `${this.id}-${this.#active}`);
    else this.scroller.removeAttribute('aria-activedescendant');
  }

  /** Puts these rows into the document. A row that is there already stays, so that a press of the button is not lost. */
  #place(first, last) {
    const rows = new Map();
    for (let at = first; at <= last; at += 1) {
      const item = this.#items[at];
      const key = this.#listeners.key(item);
      const there = this.#rows.get(key);
      const isThere = there && isSame(there.item, item);
      rows.set(key, isThere ? there : { item, element: make('div', { role: 'option', data: { key } }, this.#listeners.render(item)) });
      this.#furnish(rows.get(key).element, key, at);
    }
    const shown = [...rows.values()].map(({ element }) => element);
    const stay = new Set(shown);
    for (const element of [...this.space.children]) if (!stay.has(element)) element.remove();
    shown.forEach((element, index) => {
      const there = this.space.children[index] ?? null;
      if (there !== element) this.space.insertBefore(element, there);
    });
    this.#rows = rows;
  }

  #furnish(element, key, at) {
    element.className = at === this.#active ? 'row active' : 'row';
    element.id = `${this.id}-${at}`;
    element.dataset.at = at;
    element.setAttribute('aria-selected', String(key === this.#chosen));
    element.setAttribute('aria-setsize', this.#items.length);
    element.setAttribute('aria-posinset', at + 1);
    element.style.top = `${at * this.height}px`;
    element.style.height = `${this.height}px`;
  }

  #click(event) {
    const row = event.target.closest('.row');
    if (!row || event.target.closest('a')) return;
    this.#active = Number(row.dataset.at);
    this.#listeners.choose(this.#items[this.#active]);
  }

  #press(event) {
    const page = Math.max(Math.floor(this.scroller.clientHeight / this.height) - 1, 1);
    const last = this.#items.length - 1;
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity }[event.key];
    if (by !== undefined) {
      event.preventDefault();
      this.#active = Math.min(Math.max(this.#active + by, 0), Math.max(last, 0));
      this.#bringIntoView();
      this.#draw(true);
    } else if ((event.key === 'Enter' || event.key === ' ') && this.#items[this.#active] !== undefined) {
      event.preventDefault();
      this.#listeners.choose(this.#items[this.#active]);
    }
  }

  #bringIntoView() {
    const top = this.#active * this.height;
    const { scrollTop, clientHeight } = this.scroller;
    if (top < scrollTop) this.scroller.scrollTop = top;
    else if (top + this.height > scrollTop + clientHeight) this.scroller.scrollTop = top + this.height - clientHeight;
  }
}

/** Whether a row of one item shows the other as well. Items are plain values; most are the same object. */
const isSame = (one, other) => one === other || JSON.stringify(one) === JSON.stringify(other);
