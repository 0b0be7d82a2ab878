// The list of rooms, newest first, a page at a time.

import { chip, clock, command, count, empty, make, replace, shortName } from './dom.js';

const PAGE_ROOMS = 50;

/** The words and the tone of each state of a room. */
export const STATES = {
  empty: ['empty', 'plain'],
  waiting: ['waiting', 'wait'],
  seen: ['offer read', 'info'],
  answered: ['answered', 'info'],
  found: ['answer found', 'good'],
  over: ['over', 'plain'],
};

/** The name of a room, or the start of its record where no peer told the name. */
export const nameOf = ({ room, record }) => room ?? `record ${shortName(record)}`;

export const stateChip = (state) => chip(...(STATES[state] ?? [state, 'plain']));

/** A row stays the same element as long as its room is in the list: a click may come while it changes. */
class RoomRow {
  #name = make('strong');
  #chip = make('span');
  #sentence = make('span', { class: 'rooms-sentence' });
  #more = make('span', { class: 'soft rooms-more' });

  constructor(number) {
    const head = make('span', { class: 'rooms-name' }, this.#name, this.#chip);
    this.link = make('a', { class: 'rooms-row', data: { number } }, head, this.#sentence, this.#more);
    this.element = make('li', {}, this.link);
  }

  show(room, { startedAtMs, href, isOpen }) {
    const { state, sentence, lastMs, polls } = room;
    const more = [`last used ${clock(startedAtMs + lastMs)}`, polls > 0 && count(polls, 'poll')].filter(Boolean).join(' · ');
    for (const [place, text] of [[this.#name, nameOf(room)], [this.#sentence, sentence], [this.#more, more]]) {
      if (place.textContent !== text) place.textContent = text;
    }
    replace(this.#chip, stateChip(state));
    this.link.href = href;
    if (isOpen) this.link.setAttribute('aria-current', 'true');
    else this.link.removeAttribute('aria-current');
  }
}

export class RoomList {
  #page;
  #rows = new Map();
  #items = make('ul', { class: 'rooms-items', aria: { label: 'Rooms, newest first' } });
  #pager = make('p', { class: 'rooms-pager' });

  constructor(page) {
    this.#page = page;
    this.element = make('div', { class: 'rooms-list' }, this.#items, this.#pager);
  }

  /** Asks for the rooms before a number, or for the newest; `open` is the one in detail, else the first. */
  async load(open, before) {
    const answer = await this.#page.api.get('rooms', { before, limit: PAGE_ROOMS });
    const rows = new Map(answer.rooms.map(({ number }) => [number, this.#rows.get(number) ?? new RoomRow(number)]));
    const [newest] = rows.keys();
    for (const room of answer.rooms) {
      const href = this.#page.href(['rooms', String(room.number)], { before });
      const isOpen = room.number === (open ?? newest);
      rows.get(room.number).show(room, { startedAtMs: answer.startedAtMs, href, isOpen });
    }
    const isSame = [...rows.keys()].join() === [...this.#rows.keys()].join();
    if (!isSame) replace(this.#items, ...[...rows.values()].map(({ element }) => element));
    this.#rows = rows;
    this.#items.hidden = rows.size === 0;
    this.#turnable(before, answer.before);
    return { newest, isEmpty: rows.size === 0 && before === undefined };
  }

  #turnable(before, older) {
    const link = (text, query) => make('a', { href: this.#page.href(['rooms'], query), text });
    if (this.#pager.dataset.key === `${before} ${older}`) return;
    this.#pager.dataset.key = `${before} ${older}`;
    replace(this.#pager, before && link('Newest rooms', {}), older && link('Older rooms', { before: older }));
    this.#pager.hidden = !before && !older;
  }
}

/** What to do while no room was used: two commands, one for each peer. */
export function noRooms(launchers, demo) {
  const urls = launchers.map(({ url }) => url);
  const [first, second] = [urls[0] ?? location.origin, urls[1] ?? urls[0] ?? location.origin];
  const meet = (url) => command(`cargo run --release -p signaling --example meet -- room1 --launcher ${url}`);
  return empty(
    'No room was used yet',
    'A room appears here as soon as a peer looks for an offer in it. Start two peers in one room, each in a terminal of its own:',
    meet(first),
    meet(second),
    demo
      ? make('p', {}, 'Or open ', make('a', { href: './demo/', target: '_blank', rel: 'noopener', text: 'the demo page' }), ' in two tabs.')
      : 'Or start safe-mock with --demo: it serves a page that two tabs can meet with.',
  );
}
