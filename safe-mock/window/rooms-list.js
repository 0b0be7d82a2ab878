// The list of rooms, newest first, a page at a time.

import { button, chip, clock, command, count, empty, make, replace, shortName } from './dom.js';

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

export class RoomList {
  #page;
  #before;
  #rows = make('ul', { class: 'list', aria: { label: 'Rooms, newest first' } });
  #pager = make('div', { class: 'toolbar rooms-pager' });

  constructor(page) {
    this.#page = page;
    this.element = make('div', { class: 'rooms-list' }, this.#rows, this.#pager);
  }

  /** Asks for the page that is shown. `open` is the number of the room in detail. */
  async load(open) {
    const { rooms, before, startedAtMs } = await this.#page.api.get('rooms', { before: this.#before, limit: PAGE_ROOMS });
    const focused = document.activeElement?.closest?.('.rooms-list a')?.dataset.number;
    replace(this.#rows, ...rooms.map((room) => this.#row(room, startedAtMs)));
    this.#rows.hidden = rooms.length === 0;
    this.#turnable(before);
    if (focused) this.#rows.querySelector(`[data-number="${focused}"]`)?.focus({ preventScroll: true });
    this.mark(open);
    return { newest: rooms[0]?.number, isEmpty: rooms.length === 0 && !this.#before };
  }

  /** Marks the room that is open. */
  mark(number) {
    for (const row of this.#rows.querySelectorAll('a')) {
      if (row.dataset.number === String(number)) row.setAttribute('aria-current', 'true');
      else row.removeAttribute('aria-current');
    }
  }

  #row(room, startedAtMs) {
    const { number, state, sentence, lastMs, polls } = room;
    const more = [`last used ${clock(startedAtMs + lastMs)}`, polls > 0 && count(polls, 'poll')].filter(Boolean).join(' · ');
    const link = make(
      'a',
      { class: 'row rooms-row', href: this.#page.href(['rooms', String(number)]), data: { number } },
      make('span', { class: 'rooms-name' }, make('strong', { text: nameOf(room) }), stateChip(state)),
      make('span', { class: 'rooms-sentence', text: sentence }),
      make('span', { class: 'soft rooms-more', text: more }),
    );
    return make('li', {}, link);
  }

  #turnable(before) {
    const turn = (to) => async () => {
      this.#before = to;
      this.#page.announce(to ? 'Older rooms' : 'The newest rooms');
      await this.load();
    };
    replace(
      this.#pager,
      this.#before && button('Newest rooms', turn(undefined), { class: 'quiet small' }),
      before && button('Older rooms', turn(before), { class: 'quiet small' }),
    );
    this.#pager.hidden = !this.#before && !before;
  }
}

/** What to do while no room was used: two commands, one for each peer. */
export function noRooms(launchers) {
  const urls = launchers.map(({ url }) => url);
  const [first, second] = [urls[0] ?? location.origin, urls[1] ?? urls[0] ?? location.origin];
  const meet = (url) => command(`cargo run --release -p signaling --example meet -- room1 --launcher ${url}`);
  return empty(
    'No room was used yet',
    'A room appears here as soon as a peer looks for an offer in it. Start two peers in one room, each in a terminal of its own:',
    meet(first),
    meet(second),
    'Or start safe-mock with --demo, and open /__mock/demo/ in two tabs.',
  );
}
