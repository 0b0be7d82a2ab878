// Both peers of a room in one picture: the launcher's list of rooms has what both of them did. Where it cannot be asked, the
// picture has what this page has seen.

import { ask, watch } from './control.js';
import { recordName } from './room.js';
import { Timeline } from '../window/timeline.js';

/** How many of the newest rooms are looked through for the room of this page. */
const ROOMS = 100;
/** Changes that follow each other within this time are shown at once. */
const GATHER_MS = 150;

export class Picture {
  #timeline = new Timeline({ link: (event) => this.#link(event) });
  #launchers = [];
  #record;
  #number;
  #own = [];
  #you;
  #empty;
  #began = 0;
  #watching;
  #timer;
  #ending;
  #isOver = false;
  #isTrue = false;
  #isDue = false;

  /** In a place; `empty` is shown there as long as nothing was seen. */
  constructor(place, empty) {
    this.#empty = empty;
    place.append(this.#timeline.element);
    this.#timeline.element.hidden = true;
  }

  /** Begins with a room, and follows it until another one begins. */
  async begin(room) {
    this.stop();
    this.#isOver = false;
    [this.#own, this.#you, this.#number, this.#began] = [[], undefined, undefined, performance.now()];
    const watching = new AbortController();
    this.#watching = watching;
    const { launchers } = (await ask('launchers', watching.signal)) ?? {};
    this.#launchers = launchers ?? [];
    this.#record = await recordName(room).catch(() => undefined);
    if (watching.signal.aborted) return;
    if (launchers) watch(['rooms'], () => this.#soon(), watching.signal);
    this.#soon();
  }

  /** Draws true to time, or so that each step has room. */
  scale(isTrue) {
    this.#isTrue = isTrue;
    this.#timeline.scale(isTrue);
  }

  /** A step of this page. */
  add({ kind, text, side, version }) {
    this.#you = side;
    this.#own.push({ atMs: performance.now() - this.#began, kind, text, side, version, session: side });
    this.#soon();
  }

  /** Follows the room for a while yet. */
  endAfter(ms) {
    this.#isOver = true;
    clearTimeout(this.#ending);
    this.#ending = setTimeout(() => this.stop(), ms);
  }

  /** Follows no room. */
  stop() {
    clearTimeout(this.#ending);
    this.#watching?.abort();
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Shows the room shortly; once at a time, and again if something has changed meanwhile. */
  #soon() {
    this.#isDue = true;
    this.#timer ??= setTimeout(async () => {
      this.#isDue = false;
      await this.#show(this.#watching.signal);
      this.#timer = undefined;
      if (this.#isDue && !this.#watching.signal.aborted) this.#soon();
    }, GATHER_MS);
  }

  async #show(signal) {
    const room = this.#launchers.length > 0 ? await this.#room(signal) : undefined;
    if (signal.aborted) return;
    const [events, nowMs] = room ? [latest(room.events), nowOf(room)] : [this.#own, this.#isOver ? 0 : performance.now() - this.#began];
    this.#empty.hidden = events.length > 0;
    this.#timeline.element.hidden = events.length === 0;
    this.#timeline.show(events, nowMs, { you: this.#you, isTrue: this.#isTrue });
  }

  async #room(signal) {
    if (this.#number === undefined) {
      const { rooms } = (await ask(`rooms?limit=${ROOMS}`, signal)) ?? { rooms: [] };
      this.#number = rooms.find(({ record }) => record === this.#record)?.number;
    }
    return this.#number === undefined ? undefined : ask(`rooms/${this.#number}`, signal);
  }

  /** The request of an event, in the window of its launcher. */
  #link({ launcher, request }) {
    const of = this.#launchers.find(({ number }) => number === launcher);
    if (!of || !request) return undefined;
    const link = document.createElement('a');
    link.href = `${of.self ? '..' : `${of.url}/__mock`}/#requests/${request}`;
    link.target = '_blank';
    return link;
  }
}

/** The events of the latest meeting in a room that is used again and again. */
function latest(events) {
  let from = events.findLastIndex(({ kind }) => kind === 'offer_stored');
  while (from > 0 && events[from - 1].kind === 'looked') from -= 1;
  return events.slice(Math.max(from, 0));
}

const nowOf = ({ state, nowMs, lastMs }) => (['waiting', 'seen', 'answered'].includes(state) ? nowMs : lastMs);
