// The tab of requests: the journal, newest first, and one entry of it.

import { button, confirm, empty, field, make, redraw, replace, reveal, choice, command, count } from './dom.js';
import { Journal } from './journal.js';
import { entryCard, rowOf } from './requests-entry.js';
import { Rows } from './rows.js';

/** What can be filtered by, and how the field is called. */
const FIELDS = [
  ['peer', 'Peer', 'alice'],
  ['app', 'App id', 'net.example.chat'],
  ['room', 'Room', 'room1'],
  ['path', 'Path contains', '/structured-data'],
];

/** What is filtered by links alone. */
const LINKED = ['record', 'session', 'method'];

const ROW_PX = 34;
const TYPED_AFTER_MS = 250;

export const requests = {
  id: 'requests',
  title: 'Requests',
  watches: ['journal'],
  mount(root, page) {
    const tab = new Requests(root, page);
    return { show: (route) => tab.show(route), update: () => tab.update(), unmount: () => tab.unmount() };
  },
};

class Requests {
  #filter = {};
  #open = null;
  #timer = 0;
  /** Whether the next entry is one that the reader has chosen from the list. */
  #reveals = false;

  constructor(root, page) {
    this.page = page;
    this.journal = new Journal(page.api);
    this.filters = this.#makeFilters();
    this.linked = make('div', { class: 'actions linked' });
    this.rows = new Rows({
      id: 'request-rows',
      label: 'Requests, newest first',
      columns: ['Time', 'Status', 'Request', 'From', 'Took'].map((text) =>
        make('span', { text, class: { From: 'wide', Took: 'number wide' }[text] })),
      height: ROW_PX,
      key: ({ number }) => number,
      render: (entry) => rowOf(entry, this.journal.startedAtMs),
      choose: ({ number }) => this.#choose(number),
      reached: () => this.#more(),
    });
    this.foot = make('p', { class: 'foot' });
    this.nothing = make('div', {});
    this.list = make('div', {}, this.rows.element, this.nothing, this.foot);
    this.detail = make('div', { class: 'detail' });
    this.split = make('div', { class: 'split' }, this.list, this.detail);
    replace(root, make('h2', { class: 'unseen', text: 'Requests' }), this.filters, this.linked, this.split);
  }

  #makeFilters() {
    const typed = { input: () => this.#later(), change: () => this.#later(0) };
    this.inputs = Object.fromEntries(FIELDS.map(([name, , placeholder]) => [
      name,
      make('input', { name, placeholder, autocomplete: 'off', spellcheck: 'false', autocapitalize: 'none', on: typed }),
    ]));
    this.inputs.call = choice([['', 'every call']], { name: 'call', on: { change: () => this.#later(0) } });
    this.inputs.status = choice([['', 'any']], { name: 'status', on: { change: () => this.#later(0) } });
    const clear = button('Clear the journal', () => this.#clear(), { class: 'quiet' });
    const fields = make('div', { class: 'toolbar' },
      FIELDS.slice(0, 3).map(([name, label]) => field(label, this.inputs[name])),
      field('Call', this.inputs.call),
      field('Status', this.inputs.status),
      field(FIELDS[3][1], this.inputs.path),
      clear);
    this.folded = make('summary', { text: 'Filter' });
    const fold = make('details', { class: 'filters' }, this.folded, fields);
    // On a phone the fields would take a third of the screen.
    const narrow = matchMedia('(max-width: 640px)');
    const show = () => (fold.open = !narrow.matches);
    narrow.addEventListener('change', show, { signal: this.page.signal });
    show();
    return make('form', { role: 'search', aria: { label: 'Filter requests' }, on: { submit: (event) => event.preventDefault() } }, fold);
  }

  #later(after = TYPED_AFTER_MS) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const typed = Object.fromEntries(Object.entries(this.inputs).map(([name, input]) => [name, input.value.trim()]));
      this.page.turn(['requests', ...(this.#open ? [String(this.#open)] : [])], { ...this.#filter, ...typed });
    }, after);
  }

  async #clear() {
    const agreed = await confirm('Clear the journal?', 'All entries are removed. Numbers and counts go on.', 'Clear');
    if (!agreed) return;
    await this.page.api.delete('journal');
    this.page.announce('The journal is cleared.');
    await this.update();
  }

  #choose(number) {
    this.#reveals = true;
    this.page.go(['requests', String(number)], this.#filter);
    // The address of the entry that is open does not change.
    if (number === this.#open) reveal(this.detail);
  }

  async show({ parts, query }) {
    const names = [...Object.keys(this.inputs), ...LINKED];
    const filter = Object.fromEntries(names.map((name) => [name, query.get(name) ?? '']).filter(([, value]) => value));
    const differs = JSON.stringify(filter) !== JSON.stringify(this.#filter);
    this.#filter = filter;
    this.#showFilter();
    if (differs || !this.journal.isRead) {
      await this.journal.read(filter);
      this.#showList();
    }
    this.#open = Number(parts[0]) || null;
    this.rows.choose(this.#open);
    await this.#showEntry();
  }

  async update() {
    await this.journal.update();
    this.#showList();
  }

  unmount() {
    clearTimeout(this.#timer);
    this.rows.close();
  }

  async #more() {
    if (await this.journal.more()) this.#showList();
  }

  #showFilter() {
    const set = Object.keys(this.inputs).filter((name) => this.#filter[name]).length;
    this.folded.textContent = set > 0 ? `Filter: ${set} set` : 'Filter';
    for (const [name, input] of Object.entries(this.inputs)) {
      const value = this.#filter[name] ?? '';
      if (input instanceof HTMLSelectElement) this.#offer(input, [], value);
      if (input !== document.activeElement && input.value !== value) input.value = value;
    }
    const links = LINKED.filter((name) => this.#filter[name]).map((name) => {
      const { [name]: gone, ...rest } = this.#filter;
      return make('a', { href: this.page.href(['requests'], rest), class: 'chip', text: `${name} ${gone} ×`, title: 'Show all again' });
    });
    redraw(this.linked, ...links);
    this.linked.hidden = links.length === 0;
  }

  /** Adds options that the journal has; a filter that it does not have stays one. */
  #offer(select, options, value) {
    const known = new Set([...select.options].map((option) => option.value));
    const pairs = [...options, [value, value]].filter(([word]) => word !== '' && !known.has(String(word)));
    select.append(...pairs.map(([word, text]) => make('option', { value: word, text })));
  }

  #showList() {
    const { entries, calls, written, forgotten } = this.journal;
    this.#offer(this.inputs.call, Object.keys(calls).sort().map((word) => [word, word]), '');
    const statuses = [...new Set(entries.map(({ status }) => status))].sort((a, b) => a - b);
    this.#offer(this.inputs.status, statuses.map((one) => [String(one), one === 0 ? '0 (broken off)' : String(one)]), '');
    this.rows.element.hidden = entries.length === 0;
    this.rows.set(entries);
    this.#showNothing(entries, written);
    const shown = `${count(entries.length, 'request')} ${this.journal.hasMore ? 'read so far, scroll for earlier ones' : 'shown'}`;
    const lost = forgotten ? `, ${forgotten.toLocaleString('en')} forgotten` : '';
    this.foot.textContent = `${shown}; ${written.toLocaleString('en')} written${lost}.`;
  }

  #showNothing(entries, written) {
    const isFiltered = Object.keys(this.#filter).length > 0;
    if (entries.length > 0) replace(this.nothing);
    else if (isFiltered && written > 0) {
      const all = make('a', { href: '#requests', text: 'Show all requests' });
      redraw(this.nothing, empty('No request matches the filter', make('p', {}, all)));
    } else {
      redraw(this.nothing, empty('No request yet', 'Each request of an app appears here as it is answered. To see one:',
        command(`curl ${location.origin}/health`)));
    }
  }

  async #showEntry() {
    const number = this.#open;
    const entry = number && (await this.journal.entry(number));
    if (number !== this.#open) return;
    this.split.style.gridTemplateColumns = number ? '' : 'minmax(0, 1fr)';
    if (!number) {
      this.rows.takeFocusFrom(this.detail);
      replace(this.detail);
    } else redraw(this.detail, entryCard(entry, number, this.journal.startedAtMs, this.page, this.#filter));
    if (number && this.#reveals) {
      reveal(this.detail);
      this.page.announce(`Request ${number} is open.`);
    }
    this.#reveals = false;
  }
}
