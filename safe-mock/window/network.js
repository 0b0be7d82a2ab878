// The tab of the network: what is stored, and one record of it.

import { Problem } from './api.js';
import { bytes, chip, command, count, empty, field, button, make, redraw, replace, reveal, shortName } from './dom.js';
import { isEmptied, placeOf, recordCard } from './network-record.js';
import { Rows } from './rows.js';

const ROW_PX = 34;
const PART = 1_000;
const TONES = { live: 'good', deleted: 'plain', unclaimable: 'bad', immutable: 'info', directory: 'info', appendable: 'good' };

export const network = {
  id: 'network',
  title: 'Network',
  watches: ['network'],
  mount(root, page) {
    const tab = new NetworkTab(root, page);
    return { show: (route) => tab.show(route), update: () => tab.update(), unmount: () => tab.rows.close() };
  },
};

class NetworkTab {
  #records = [];
  #next = null;
  #isReading = false;
  #bytes = 0;
  #open = null;
  /** Whether the list has changed since all of it that is shown was read. */
  #isOld = false;
  #form = 'text';
  /** Whether the next record is one that the reader has chosen from the list. */
  #reveals = false;

  constructor(root, page) {
    this.page = page;
    this.accounts = new Map();
    this.rows = new Rows({
      id: 'record-rows',
      label: 'Records, by name',
      columns: ['Name', 'State', 'Room', 'Type', 'Version', 'Owner', 'Size'].map((text) =>
        make('span', { text, class: { Room: 'wide', Type: 'number wide', Version: 'number wide', Owner: 'wide', Size: 'number' }[text] })),
      height: ROW_PX,
      key: ({ name }) => name,
      render: (record) => this.#row(record),
      choose: ({ name }) => this.#choose(name),
      reached: () => this.#more(),
    });
    this.name = make('input', { name: 'name', placeholder: 'in base64', autocomplete: 'off', spellcheck: 'false', autocapitalize: 'none' });
    const search = make('form', { class: 'toolbar', role: 'search', aria: { label: 'Open a record' }, on: { submit: (event) => this.#find(event) } },
      field('Open the record with this name', this.name),
      make('button', { type: 'submit', class: 'quiet', text: 'Open' }));
    this.foot = make('div', { class: 'foot' });
    this.nothing = make('div', {});
    this.detail = make('div', { class: 'detail' });
    this.split = make('div', { class: 'split' }, make('div', {}, this.rows.element, this.nothing, this.foot), this.detail);
    replace(root, make('h2', { class: 'unseen', text: 'Records' }), search, this.split);
  }

  #choose(name) {
    this.#reveals = true;
    this.page.go(['network', name]);
    if (name === this.#open) reveal(this.detail);
  }

  #find(event) {
    event.preventDefault();
    const name = this.name.value.trim();
    if (name) this.page.go(['network', name]);
  }

  #row({ name, state, kind, typeTag, version, owner, contentBytes, size, room }) {
    const type = kind ?? state;
    return [
      make('span', { class: 'mono', text: name, title: name }),
      make('span', {}, chip(type, TONES[type])),
      make('span', { class: 'wide soft', text: room ? placeOf(room) : '', title: room ? placeOf(room) : '' }),
      make('span', { class: 'number wide', text: typeTag ?? '' }),
      make('span', { class: 'number wide', text: version ?? '' }),
      make('span', { class: 'wide soft', text: owner ? this.#owner(owner) : '', title: owner }),
      make('span', { class: 'number', text: isEmptied(state) ? '' : bytes(contentBytes ?? size ?? 0) }),
    ];
  }

  #owner(key) {
    const account = this.accounts.get(key);
    return account ? `account ${account}` : shortName(key);
  }

  async show({ parts }) {
    this.#open = parts[0] ?? null;
    if (this.#records.length === 0) await this.#read();
    this.rows.choose(this.#open);
    await this.#showRecord();
  }

  async update() {
    // A list that is longer than one part is not read again at each change: the reader decides when.
    if (this.#records.length > PART) {
      this.#isOld = true;
      this.#showFoot();
    } else await this.#read();
    if (this.#open) await this.#showRecord();
  }

  async #read() {
    const [page, accounts] = await Promise.all([this.page.api.get('network', { limit: PART }), this.page.api.get('accounts')]);
    this.accounts = new Map(accounts.map(({ id, publicKey }) => [publicKey, id]));
    this.#records = page.records;
    this.#take(page);
    this.#isOld = false;
    this.#showList();
  }

  #take({ next, bytes: held }) {
    this.#next = next ?? null;
    this.#bytes = held;
  }

  async #more() {
    if (this.#next === null || this.#isReading) return;
    this.#isReading = true;
    const from = this.#next;
    try {
      const page = await this.page.api.get('network', { after: from, limit: PART });
      if (this.#next !== from) return;
      this.#records = [...this.#records, ...page.records];
      this.#take(page);
    } catch {
      // The bar of the tab says so at the next change.
      return;
    } finally {
      this.#isReading = false;
    }
    this.#showList();
  }

  #showList() {
    const hasRecords = this.#records.length > 0;
    this.rows.element.hidden = !hasRecords;
    this.rows.set(this.#records);
    if (hasRecords) replace(this.nothing);
    else {
      redraw(this.nothing, empty('Nothing is stored yet', 'A record appears here when an app stores one. Two terminals in one room store an offer and an answer:',
        command(`cargo run --release -p signaling --example meet -- room1 --launcher ${location.origin}`)));
    }
    this.#showFoot();
  }

  #showFoot() {
    const more = this.#next === null ? '' : ' so far, scroll for more';
    redraw(this.foot,
      make('span', { text: `${count(this.#records.length, 'record')}${more}, ${bytes(this.#bytes)} held.` }),
      this.#isOld ? make('span', { text: 'The network has changed since.' }) : null,
      this.#isOld ? button('Read again', () => this.#read(), { class: 'quiet small', data: { keep: 'again' } }) : null);
  }

  async #showRecord() {
    const name = this.#open;
    this.split.style.gridTemplateColumns = name ? '' : 'minmax(0, 1fr)';
    if (!name) {
      this.rows.takeFocusFrom(this.detail);
      replace(this.detail);
      return;
    }
    let record = null;
    try {
      record = await this.page.api.get(`network/${encodeURIComponent(name)}`);
    } catch (error) {
      if (!(error instanceof Problem) || ![400, 404].includes(error.status)) throw error;
    }
    if (name !== this.#open) return;
    const chosen = (form) => {
      this.#form = form;
    };
    redraw(this.detail, recordCard(name, record, this.page, { owner: (key) => this.#owner(key), form: this.#form, chosen }));
    if (this.#reveals) {
      reveal(this.detail);
      this.page.announce('The record is open.');
    }
    this.#reveals = false;
  }
}
