// One meeting, with the protocol of the original app: look for an offer in the room and answer it; without one, store
// an offer and poll for an answer. Knows nothing of the page; reports events to `onEvent`.

import { Launcher } from './launcher.js';
import { Problem } from './problems.js';
import { drawAnswerId, hash } from './room.js';
import { Ticks } from './ticks.js';

const { SimplePeer } = globalThis;

/** The largest message that every kind of peer accepts, in bytes. */
export const MAX_MESSAGE_BYTES = 65_536;

/** The longest time from the answer to the open channel, in milliseconds. */
const CONNECT_TIMEOUT_MS = 30_000;

/** The failure of a connection, for example to a stale offer, whose peer is gone. */
const NO_PATH = 'No path to the other peer was found; the room may have been used before, so try another name.';

/** The error codes of simple-peer for that. */
const NO_PATH_CODES = ['ERR_ICE_CONNECTION_FAILURE', 'ERR_CONNECTION_FAILURE', 'ERR_ICE_CONNECTION_CLOSED'];

/** How many times to look for an offer, if another peer stores its offer first each time. */
const MAX_ATTEMPTS = 5;

/** How many requests of a meeting are repeated in all, after no answer or a lost session. A failed poll does not count. */
const MAX_REPEATS = 5;

/** How long to wait, before leaving, until all messages are sent, in milliseconds. */
const DRAIN_MS = 2_000;
const DRAIN_CHECK_MS = 10;

const pause = (ms, signal) =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });

const throwUnlessTransient = (error) => {
  if (!error.isTransient) throw error;
};

/** Each phase, and its text in the status and in errors. */
const PHASES = {
  authorise: 'asking the launcher for authorisation',
  findOffer: 'looking for an offer in the room',
  makeOffer: 'making the offer',
  publishOffer: 'publishing the offer',
  awaitAnswer: 'waiting for an answer',
  makeAnswer: 'answering the offer',
  publishAnswer: 'publishing the answer',
  connect: 'connecting to the other peer',
};

/** From entering a room to leaving it. */
export class Meeting {
  #room;
  #answerId;
  #pollIntervalMs;
  #onEvent;
  #launcher;
  #stop = new AbortController();
  #phase;
  #repeats = 0;
  #connection;
  #isOpen = false;
  #hasEnded = false;
  /** What this page has stored and not deleted: whether it is the offer or the answer, its item, the handle of its record. */
  #stored;
  #connecting;

  /**
   * `onEvent` is called with {type: 'request' | 'phase' | 'role' | 'step' | 'open' | 'message' | 'end', …}. The kinds of steps are
   * those of the launcher's list of rooms.
   */
  constructor({ room, pollIntervalMs, onEvent }) {
    this.#room = room;
    this.#answerId = drawAnswerId(room);
    this.#pollIntervalMs = pollIntervalMs;
    this.#onEvent = onEvent;
    this.#launcher = new Launcher({
      onRequest: (request) => onEvent({ type: 'request', request }),
      signal: this.#stop.signal,
    });
  }

  async start() {
    try {
      await this.#authorise();
      await this.#meet();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Sends a text; throws an error with a sentence if it cannot. */
  send(text) {
    const bytes = new TextEncoder().encode(text).length;
    if (bytes > MAX_MESSAGE_BYTES) {
      throw new Error(`the message has ${bytes} bytes, and at most ${MAX_MESSAGE_BYTES} can be sent`);
    }
    if (!this.#isOpen) throw new Error('the channel is closed');
    this.#connection.send(text);
  }

  /** Leaves after all messages are sent. */
  async leave() {
    for (let waited = 0; this.#connection?.bufferSize > 0 && waited < DRAIN_MS; waited += DRAIN_CHECK_MS) {
      await pause(DRAIN_CHECK_MS);
    }
    this.#end({ how: 'left', text: 'You left.' });
  }

  /** Leaves at once, because the page is closing. */
  abandon() {
    this.#end({ how: 'left', text: 'You left.' });
  }

  #authorise() {
    this.#enter('authorise');
    return this.#launcher.authorise();
  }

  async #meet() {
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      this.#enter('findOffer');
      const found = await this.#patiently(() => this.#launcher.read(this.#room, 'look for an offer'));
      if (found.content !== undefined) {
        this.#step('offer_read', 'read the offer');
        return this.#answer(found.content);
      }
      this.#step('looked', 'looked for an offer: none there');
      if (await this.#offer(found.version)) return;
    }
    throw new Problem(`Another peer stored its offer first, ${MAX_ATTEMPTS} times.`);
  }

  /** Returns whether the offer was stored; if not, another peer stored its offer first. */
  async #offer(version) {
    this.#onEvent({ type: 'role', role: 'initiator' });
    this.#enter('makeOffer');
    const connection = this.#connect(true);
    const payload = await this.#description(connection);
    this.#enter('publishOffer');
    const about = { madeAt: Date.now(), looksEveryMs: this.#pollIntervalMs };
    if (!(await this.#store('offer', this.#room, { payload, about }, version))) {
      this.#connection = undefined;
      connection.destroy();
      return false;
    }
    this.#enter('awaitAnswer');
    const answer = this.#checked('answer', await this.#poll());
    // An answer of the original app has no hash of the offer.
    if (answer.offerHash && answer.offerHash !== (await hash(payload.sdp))) {
      throw new Problem('The answer in this room is to another offer.');
    }
    connection.signal(answer.payload);
    this.#awaitOpen();
    return true;
  }

  /** Polls until there is an answer. A poll that fails is repeated at the next tick, as long as the user stays. */
  async #poll() {
    const ticks = new Ticks(this.#pollIntervalMs, performance.now());
    for (let polls = 1, failed = 0; ; polls += 1) {
      await pause(ticks.wait(performance.now()), this.#stop.signal);
      try {
        const found = await this.#launcher.read(this.#answerId, `poll ${polls}`);
        if (found.content !== undefined) {
          this.#step('answer_found', `poll ${polls}: found the answer`, { polls });
          return found.content;
        }
        failed = 0;
        this.#step('poll', `poll ${polls}: nothing yet`, { polls });
      } catch (error) {
        if (!error.isTransient && !error.isSessionLost) throw error;
        failed += 1;
        this.#step('poll_failed', `poll ${polls} failed: ${error.message}`, { polls, failed, error });
        if (error.isSessionLost) await this.#authoriseAgain(error).catch(throwUnlessTransient);
      }
    }
  }

  async #answer(content) {
    const offer = this.#checked('offer', content);
    this.#onEvent({ type: 'role', role: 'recipient' });
    this.#enter('makeAnswer');
    const connection = this.#connect(false);
    connection.signal(offer.payload);
    const payload = await this.#description(connection);
    const offerHash = await hash(offer.payload.sdp);
    this.#enter('publishAnswer');
    if (!(await this.#store('answer', offer.targetId, { payload, offerHash }))) {
      throw new Problem('Another peer has answered this offer already: the room is taken, or was used before.');
    }
    this.#awaitOpen();
  }

  /**
   * Stores the object of the original app, with fields that the original app ignores. Returns whether it is stored; if not,
   * another peer stored something there first.
   */
  async #store(what, item, { payload, ...further }, version = 0) {
    const object = { payload, targetId: this.#answerId, ...further };
    const publish = () => this.#launcher.publish(item, object, `store the ${what}`, version);
    for (;;) {
      try {
        this.#keep(what, item, await this.#patiently(publish));
        this.#step(`${what}_stored`, `${what} stored as version ${version}`, { version });
        return true;
      } catch (error) {
        const isOwn = await this.#isStored(what, item, error);
        if (isOwn !== undefined) return isOwn;
      }
    }
  }

  /**
   * Whether the record of this page is stored although storing it failed, or `undefined` if it can be stored again: the launcher
   * may have carried out a request without an answer, and it must not be stored twice.
   */
  async #isStored(what, item, error) {
    if (!error.leavesOpen && !error.isTaken) throw error;
    const found = await this.#patiently(() => this.#launcher.read(item, `look whether the ${what} is stored`));
    if (found.content?.targetId === this.#answerId) {
      this.#keep(what, item, error.handle);
      this.#step(`${what}_stored`, `${what} stored; the answer that says so was lost`);
      return true;
    }
    if (error.handle !== undefined) this.#launcher.release(error.handle);
    if (found.content !== undefined || error.isTaken) {
      this.#step('refused', `the ${what} was refused: another peer stored one first`);
      return false;
    }
    this.#count(error);
    return undefined;
  }

  #keep(what, item, handle) {
    this.#stored = { what, item, handle };
    // The user may have left during the request.
    if (this.#hasEnded) this.#deleteStored();
  }

  #deleteStored() {
    if (this.#stored === undefined) return;
    const { what, item, handle } = this.#stored;
    this.#stored = undefined;
    this.#launcher.delete(item, handle).then((isGone) => isGone && this.#step(`${what}_removed`, `${what} removed`));
  }

  /** Repeats a request that has no answer, and asks for a new session where it was lost. */
  async #patiently(request) {
    for (;;) {
      try {
        return await request();
      } catch (error) {
        if (error.isSessionLost) await this.#authoriseAgain(error);
        else if (error.leavesOpen && error.handle === undefined) this.#count(error);
        else throw error;
        // The first repetition is at once, and later ones have the pace of polls.
        if (this.#repeats > 1) await pause(this.#pollIntervalMs, this.#stop.signal);
      }
    }
  }

  async #authoriseAgain(error) {
    this.#count(error);
    const phase = this.#phase;
    try {
      await this.#authorise();
    } finally {
      if (!this.#hasEnded) this.#enter(phase);
    }
  }

  /** Counts a repetition, or gives up with the error. */
  #count(error) {
    this.#repeats += 1;
    if (this.#repeats > MAX_REPEATS) throw error;
  }

  #step(kind, text, more = {}) {
    this.#onEvent({ type: 'step', kind, text, ...more });
  }

  #checked(type, content) {
    const found = content?.payload?.type;
    const unusable = (why) => new Problem(`The stored ${type} cannot be used: ${why}.`);
    if (found !== type) throw unusable(found ? `it is of type "${found}", not "${type}"` : `it does not have the form of an ${type}`);
    if (!content.targetId || typeof content.targetId !== 'string') throw unusable('it has no targetId');
    return content;
  }

  // Trickle is off: one description in each direction. Without the empty list simple-peer would use public STUN servers.
  #connect(initiator) {
    const connection = new SimplePeer({ initiator, trickle: false, config: { iceServers: [] } });
    this.#connection = connection;
    const isCurrent = (act) => (value) => this.#connection === connection && act(value);
    // A message may arrive before the event that the channel is open.
    connection.on('data', isCurrent((data) => this.#onEvent({ type: 'message', text: new TextDecoder().decode(data) })));
    connection.on('connect', isCurrent(() => this.#open()));
    // Once the channel is open, simple-peer emits an error when the other peer leaves, and then `close`.
    connection.on('error', isCurrent((error) => this.#isOpen || this.#fail(error)));
    connection.on('close', isCurrent(() => this.#end({ how: 'other left', text: 'The other peer left.' })));
    return connection;
  }

  #description(connection) {
    return new Promise((resolve, reject) => {
      connection.once('signal', ({ type, sdp }) => resolve({ type, sdp }));
      connection.once('error', reject);
      this.#stop.signal.addEventListener('abort', () => reject(this.#stop.signal.reason));
    });
  }

  /** Waits for the connection. With a stale offer, nothing happens until the timeout. */
  #awaitOpen() {
    if (this.#isOpen) return;
    this.#enter('connect');
    this.#connecting = setTimeout(() => this.#fail(new Problem(NO_PATH)), CONNECT_TIMEOUT_MS);
  }

  #open() {
    clearTimeout(this.#connecting);
    this.#isOpen = true;
    this.#onEvent({ type: 'open' });
    // The room can be used again.
    this.#deleteStored();
  }

  #enter(id) {
    this.#stop.signal.throwIfAborted();
    this.#phase = id;
    this.#onEvent({ type: 'phase', id, text: PHASES[id] });
  }

  #fail(error) {
    const isKnown = error instanceof Problem;
    const text = isKnown ? error.message : NO_PATH_CODES.includes(error.code) ? NO_PATH : `The browser reports: ${error.message}`;
    const details = [['Room', this.#room], ['While', PHASES[this.#phase]], ...(error.details ?? [])];
    if (!isKnown) details.push(['Cause', [error.code, error.message].filter(Boolean).join(': ')]);
    this.#end({ how: 'failed', text, details });
  }

  /** Only the first call has an effect. */
  #end(end) {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#isOpen = false;
    clearTimeout(this.#connecting);
    this.#stop.abort();
    this.#deleteStored();
    this.#connection?.destroy();
    this.#onEvent({ type: 'end', ...end });
  }
}
