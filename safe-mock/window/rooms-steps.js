// The steps of a room as a table: the time-line in words. Polls that follow each other are one row.

import { button, clock, make, replace } from './dom.js';
import { duration } from './timeline-layout.js';
import { sideOf, steps } from './timeline-words.js';

/** How many rows are shown at first, and how many more by each click. */
const ROWS = 40;

const keyOf = ({ kind, side, events }, startMs) => {
  const [first, last] = [events[0], events.at(-1)];
  return [startMs, kind, side, first.atMs, first.launcher, first.request, last.launcher, last.request].join(' ');
};

export class StepsTable {
  #page;
  #shown = ROWS;
  #events = [];
  #startedAtMs = 0;
  #rows = new Map();
  #body = make('tbody');
  #more = make('p');

  constructor(page) {
    this.#page = page;
    const column = ([text, name]) => make('th', { scope: 'col', class: name, text });
    const head = [['after', 'number'], ['at', 'number'], ['peer'], ['what'], ['request', 'number']].map(column);
    const table = make('table', { class: 'table rooms-steps' }, make('thead', {}, make('tr', {}, ...head)), this.#body);
    this.element = make('div', {}, this.#more, table);
  }

  /** Shows the latest steps of some events, oldest first. */
  show(events, startedAtMs) {
    [this.#events, this.#startedAtMs] = [events, startedAtMs];
    const all = steps(events);
    const shown = all.slice(-this.#shown);
    // A row that is the same stays the same element: a click may come at any time.
    const rows = new Map();
    for (const step of shown) {
      const key = keyOf(step, events[0].atMs);
      rows.set(key, this.#rows.get(key) ?? this.#row(step, events[0].atMs));
    }
    if ([...rows.keys()].join() !== [...this.#rows.keys()].join()) replace(this.#body, ...rows.values());
    this.#rows = rows;
    const left = all.length - shown.length;
    const show = () => {
      this.#shown += ROWS;
      this.show(this.#events, this.#startedAtMs);
    };
    if (this.#more.dataset.left === String(left)) return;
    this.#more.dataset.left = String(left);
    replace(this.#more, left > 0 && button(`Show ${Math.min(left, ROWS)} earlier steps`, show, { class: 'quiet small' }));
  }

  #row({ kind, side, text, events }, startMs) {
    const [first, last] = [events[0], events.at(-1)];
    const one = duration(first.atMs - startMs);
    const after = events.length > 1 ? `${one} to ${duration(last.atMs - startMs)}` : one;
    const request = last.request ? this.#page.requestLink(last.launcher, last.request) : '';
    return make(
      'tr',
      { data: { kind, side } },
      make('td', { class: 'number rooms-after', text: after }),
      make('td', { class: 'number soft rooms-at', text: clock(this.#startedAtMs + first.atMs) }),
      make('td', { class: 'rooms-side', text: sideOf(first) }),
      make('td', { class: 'rooms-what', text }),
      make('td', { class: 'number rooms-request' }, request),
    );
  }
}
