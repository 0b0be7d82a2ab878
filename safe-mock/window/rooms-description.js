// An offer or an answer, decoded; and its record as the network has it: versions and raw content.

import { bytes, chip, clock, copyButton, copyIcon, facts, length, make, replace, since } from './dom.js';

const TITLES = { offer: 'Offer', answer: 'Answer' };

/** What stands in the place of a description that there is not. A room whose offer is removed gets no answer any more. */
const NONE = {
  offer: () => 'No offer was stored in this room yet.',
  answer: ({ state }) => (state === 'over' ? 'The offer was removed before an answer was stored.' : 'No answer was stored in this room yet.'),
};

const known = (value, words) => (value === undefined ? undefined : words(value));

/** A hash or an id, in full, with a button that copies it; `what` it is called. */
const long = (text, what) => text && make('span', {}, make('span', { class: 'mono rooms-long', text }), ' ', copyIcon(text, `the ${what}`));

/** How many candidates there are of each kind, or which ones, where the record tells. */
function candidates({ candidates: kinds }, list) {
  if (list?.length > 0) return make('ul', { class: 'rooms-candidates mono' }, ...list.map((text) => make('li', { text })));
  if (!kinds) return undefined;
  const many = Object.entries(kinds).map(([kind, number]) => `${number} ${kind}`);
  return many.length > 0 ? many.join(', ') : 'none';
}

export class Description {
  #page;
  #what;
  #chip = make('span');
  #facts = make('div');
  #stored = make('div');
  #age = make('span');
  #known;
  #shown;
  #payload;

  constructor(page, what) {
    this.#page = page;
    this.#what = what;
    const title = make('div', { class: 'rooms-title' }, make('h3', { text: TITLES[what] }), this.#chip);
    const attributes = { class: 'card rooms-description', aria: { label: TITLES[what] } };
    this.element = make('section', attributes, title, this.#facts, this.#stored);
  }

  /** Shows a description of a room, if there is one; asks for its record where that has changed. */
  async show(description, room) {
    if (!description) {
      [this.#known, this.#shown] = [];
      replace(this.#chip);
      replace(this.#facts, make('p', { class: 'soft', text: NONE[this.#what](room) }));
      replace(this.#stored);
      return;
    }
    const { record, version, removedAtMs } = description;
    const state = `${record} ${version} ${removedAtMs}`;
    if (state !== this.#known) {
      const stored = await this.#record(record);
      this.#known = state;
      this.#payload = removedAtMs === undefined ? stored.payload : undefined;
      replace(this.#stored, ...versions(stored, room, this.#page), content(stored, removedAtMs));
    }
    this.#age.textContent = description.madeAtMs === undefined ? '' : age(description.madeAtMs, room);
    // The same stays in place: a click on a button may come at any time.
    const shown = JSON.stringify([description, room.offer?.sdpHash, this.#payload]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    replace(this.#chip, removedAtMs === undefined ? chip('stored', 'good') : chip('removed', 'plain'));
    replace(this.#facts, this.#decoded(description, room));
  }

  async #record(name) {
    try {
      return await this.#page.api.get(`network/${encodeURIComponent(name)}`);
    } catch (error) {
      if (error.status === 404 || error.status === 400) return {};
      throw error;
    }
  }

  #decoded(description, room) {
    const { startedAtMs } = room;
    const { type, answerId, sdpHash, storedAtMs, removedAtMs, version, launcher, request, madeAtMs } = description;
    const as = version === undefined ? '' : ` as version ${version}`;
    const link = request && this.#page.requestLink(launcher, request);
    return facts([
      ['Stored', make('span', {}, `${clock(startedAtMs + storedAtMs)}${as}`, link && ', ', link)],
      ['Removed', known(removedAtMs, (ms) => `${clock(startedAtMs + ms)}, after ${length(ms - storedAtMs)}`)],
      ['Made', known(madeAtMs, (ms) => make('span', {}, `${clock(ms)}, `, this.#age))],
      ['Its peer waits', known(description.waitsMs, (ms) => `${since(ms)} at most`)],
      ['Its peer polls', known(description.looksEveryMs, (ms) => `every ${since(ms)}`)],
      [type === 'answer' ? 'Id of its sender' : 'Answer id', long(answerId, 'id')],
      ['Candidates', candidates(description, this.#payload?.candidateList)],
      ['Fingerprint', long(this.#payload?.fingerprint, 'fingerprint')],
      ['Hash', long(sdpHash, `hash of the ${this.#what}`)],
      ['Answers the offer', this.#what === 'answer' ? belongs(description, room.offer) : undefined],
      // The record of the room is above.
      ['Record', description.record === room.record ? undefined : long(description.record, `record of the ${this.#what}`)],
    ]);
  }
}

/** How old an offer is now; a clock that is ahead makes it younger than nothing. */
function age(madeAtMs, { startedAtMs, nowMs }) {
  const old = startedAtMs + nowMs - madeAtMs;
  return old >= 0 ? `${length(old)} ago` : `${length(-old)} ahead of this machine's clock`;
}

/** Whether an answer names the offer that is beside it. */
function belongs({ offerHash }, offer) {
  if (!offerHash) return 'it does not say which';
  if (!offer?.sdpHash) return long(offerHash, 'hash of its offer');
  const isThis = offerHash === offer.sdpHash;
  return make('span', {}, isThis ? chip('this one', 'good') : chip('another one', 'bad'), ' ', isThis ? '' : long(offerHash, 'hash of its offer'));
}

function versions({ versions: known }, { startedAtMs }, page) {
  if (!known?.length) return [];
  const rows = known.map(({ version, atMs, launcher, request, bytes: size }) =>
    make(
      'tr',
      {},
      make('td', { class: 'number', text: String(version) }),
      make('td', { class: 'number', text: atMs === undefined ? '' : clock(startedAtMs + atMs) }),
      make('td', { class: 'number', text: size === undefined ? '' : bytes(size) }),
      make('td', { class: 'number' }, request ? page.requestLink(launcher, request) : ''),
    ),
  );
  const head = ['version', 'stored at', 'size', 'request'].map((text) => make('th', { scope: 'col', class: 'number', text }));
  const table = make('table', { class: 'table rooms-versions' }, make('thead', {}, make('tr', {}, ...head)), make('tbody', {}, ...rows));
  return [make('h4', { text: 'Versions' }), table];
}

/** The raw content: indented where it is JSON. */
function content({ content: found }, removedAtMs) {
  if (!found || removedAtMs !== undefined) return make('p', { class: 'soft', text: 'Its content was removed.' });
  if (found.sealed) return make('p', { class: 'soft', text: `Its ${bytes(found.bytes)} are sealed by the app.` });
  const text = found.json === undefined ? (found.text ?? found.hex ?? '') : JSON.stringify(found.json, null, 2);
  const summary = make('summary', { text: `Raw content, ${bytes(found.bytes)}${found.cut ? ', the first 64 KiB' : ''}` });
  const well = make('pre', { class: 'well', tabindex: '0', aria: { label: 'Raw content' }, text });
  return make('details', {}, summary, copyButton(found.text ?? found.hex ?? '', 'Copy content'), well);
}
