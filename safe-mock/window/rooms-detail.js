// One room: its state in a sentence, its time-line, its steps as a list, and what its peers stored.

import { clock, copyIcon, count, make, replace } from './dom.js';
import { Description } from './rooms-description.js';
import { nameOf, stateChip } from './rooms-list.js';
import { StepsTable } from './rooms-steps.js';
import { Timeline } from './timeline.js';

export class RoomDetail {
  #page;
  #number;
  #name = make('h2');
  #chip = make('span');
  #says = make('p', { class: 'rooms-says' });
  #when = make('p', { class: 'soft rooms-when' });
  #record = make('p', { class: 'soft' });
  #note = make('p', { class: 'soft' });
  #timeline;
  #steps;
  #offer;
  #answer;
  #isTrue = make('input', { type: 'checkbox' });
  #body;

  constructor(page) {
    this.#page = page;
    this.element = make('div', { class: 'rooms-detail' });
  }

  /** Asks for a room and shows it. What is folded out stays so, as long as it is the same room. */
  async load(number) {
    const room = await this.#room(number);
    if (!room) return this.#missing(number);
    if (number !== this.#number || !this.#body.isConnected) this.#begin(number);
    this.#showHead(room);
    this.#timeline.show(room.events, endOf(room), { isTrue: this.#isTrue.checked });
    this.#note.textContent = room.forgotten
      ? `${count(room.forgotten, 'earlier event')} of this room ${room.forgotten === 1 ? 'is' : 'are'} no longer kept.`
      : '';
    this.#note.hidden = !room.forgotten;
    this.#steps.show(room.events, room.startedAtMs);
    await Promise.all([this.#offer.show(room.offer, room), this.#answer.show(room.answer, room)]);
  }

  async #room(number) {
    try {
      return await this.#page.api.get(`rooms/${number}`);
    } catch (error) {
      if (error.status === 404 || error.status === 400) return undefined;
      throw error;
    }
  }

  #missing(number) {
    this.#number = undefined;
    const back = make('a', { href: this.#page.href(['rooms']), text: 'The newest room' });
    const text = `Room ${number} is not known. Rooms are counted from 1 again after a reset, and old ones are forgotten where memory is short.`;
    replace(this.element, make('div', { class: 'card' }, make('p', { text }), make('p', {}, back)));
  }

  /** Makes everything new, for another room. */
  #begin(number) {
    this.#number = number;
    const link = ({ launcher, request }) => (request ? this.#page.requestLink(launcher, request) : undefined);
    this.#timeline = new Timeline({ link });
    this.#isTrue.onchange = () => this.load(number).catch(() => {});
    this.#steps = new StepsTable(this.#page);
    this.#offer = new Description(this.#page, 'offer');
    this.#answer = new Description(this.#page, 'answer');
    this.#body = make(
      'div',
      { class: 'rooms-body' },
      make(
        'section',
        { class: 'card', aria: { label: 'Time-line' } },
        make('div', { class: 'rooms-title' }, make('h3', { text: 'Time-line' }), this.#toggle()),
        this.#timeline.element,
        this.#note,
      ),
      make('div', { class: 'rooms-pair' }, this.#offer.element, this.#answer.element),
      make('section', { class: 'card', aria: { label: 'Steps' } }, make('h3', { text: 'Steps' }), this.#steps.element),
    );
    const back = make('a', { class: 'rooms-back', href: this.#page.href(['rooms']), text: 'All rooms' });
    const title = make('div', { class: 'rooms-title' }, this.#name, this.#chip);
    const head = make('div', { class: 'rooms-head' }, title, this.#says, this.#when, this.#record);
    replace(this.element, back, head, this.#body);
  }

  #toggle() {
    return make('label', { class: 'rooms-toggle' }, this.#isTrue, 'to scale');
  }

  /** The elements stay the same: a click on a button may come at any time. */
  #showHead(room) {
    const name = room.room === undefined ? `Room of ${nameOf(room)}` : `Room ${nameOf(room)}`;
    for (const [place, text] of [[this.#name, name], [this.#says, room.sentence], [this.#when, when(room)]]) {
      if (place.textContent !== text) place.textContent = text;
    }
    replace(this.#chip, stateChip(room.state));
    if (this.#record.dataset.record === room.record) return;
    this.#record.dataset.record = room.record;
    const record = make('span', { class: 'mono rooms-long', text: room.record });
    replace(this.#record, 'Record of the offer ', record, ' ', copyIcon(room.record, 'the name of the record'));
  }
}

function when({ startedAtMs, firstMs, lastMs, polls, launchers = [] }) {
  const at = `launcher${launchers.length === 1 ? '' : 's'} ${launchers.join(' and ')}`;
  const [first, last] = [firstMs, lastMs].map((ms) => clock(startedAtMs + ms));
  return [`First used ${first}`, `last used ${last}`, count(polls, 'poll'), launchers.length > 0 && at].filter(Boolean).join(' · ');
}

/** The time up to which a room's picture lasts: to now while something may still come, else to its last event. */
function endOf({ state, nowMs, lastMs }) {
  return ['waiting', 'seen', 'answered'].includes(state) ? nowMs : lastMs;
}
