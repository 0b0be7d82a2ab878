// One meeting, with the protocol of the original app: look for an offer in the room and answer it; without one, store
// an offer and poll for an answer. Knows nothing of the page; reports events to `onEvent`.

import { Launcher } from './launcher.js';
import { drawAnswerId, hash } from './room.js';

const { SimplePeer } = globalThis;

/** The largest message that every kind of peer accepts, in bytes. */
export const MAX_MESSAGE_BYTES = 65_536;

/** The longest time from the answer to the open channel, in milliseconds. */
const CONNECT_TIMEOUT_MS = 30_000;

/** The failure of a connection, for example to a stale offer, whose peer is gone. */
const NO_PATH = 'no path to the other peer was found; the room may have been used before, so try another name';

/** The error codes of simple-peer for that. */
const NO_PATH_CODES = ['ERR_ICE_CONNECTION_FAILURE', 'ERR_CONNECTION_FAILURE', 'ERR_ICE_CONNECTION_CLOSED'];

/** How many times to look for an offer, if another peer stores its offer first each time. */
const MAX_ATTEMPTS = 5;

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
  #connection;
  #isOpen = false;
  #hasEnded = false;
  /** The handle of the record that this page has stored and not deleted. */
  #stored;
  #connecting;

  /** `onEvent` is called with {type: 'request' | 'phase' | 'role' | 'poll' | 'open' | 'message' | 'end', …}. */
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
      this.#enter('authorise');
      await this.#launcher.authorise();
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

  async #meet() {
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      this.#enter('findOffer');
      const found = await this.#launcher.read(this.#room, 'look for an offer');
      if (found.content) return this.#answer(found.content);
      if (await this.#offer(found.version)) return;
    }
    throw new Error(`another peer stored its offer first, ${MAX_ATTEMPTS} times`);
  }

  /** Returns whether the offer was stored; if not, another peer stored its offer first. */
  async #offer(version) {
    this.#onEvent({ type: 'role', role: 'initiator' });
    this.#enter('makeOffer');
    const connection = this.#connect(true);
    const payload = await this.#description(connection);
    this.#enter('publishOffer');
    const about = { madeAt: Date.now(), looksEveryMs: this.#pollIntervalMs };
    try {
      await this.#store(this.#room, { payload, about }, 'store the offer', version);
    } catch (error) {
      if (!error.isTaken) throw error;
      this.#connection = undefined;
      connection.destroy();
      return false;
    }
    this.#enter('awaitAnswer');
    const answer = this.#checked('answer', await this.#poll());
    // An answer of the original app has no hash of the offer.
    if (answer.offerHash && answer.offerHash !== (await hash(payload.sdp))) {
      throw new Error('the answer is to another offer');
    }
    connection.signal(answer.payload);
    this.#awaitOpen();
    return true;
  }

  async #poll() {
    for (let polls = 1; ; polls += 1) {
      await pause(this.#pollIntervalMs, this.#stop.signal);
      this.#onEvent({ type: 'poll', polls });
      const found = await this.#launcher.read(this.#answerId, `poll ${polls}`);
      if (found.content) return found.content;
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
    try {
      await this.#store(offer.targetId, { payload, offerHash }, 'store the answer');
    } catch (error) {
      if (!error.isTaken) throw error;
      throw new Error('another peer has answered this offer already: the room is taken, or was used before');
    }
    this.#awaitOpen();
  }

  /** Stores the object of the original app, with fields that the original app ignores. */
  async #store(item, { payload, ...further }, why, version) {
    const object = { payload, targetId: this.#answerId, ...further };
    this.#stored = await this.#launcher.publish(item, object, why, version);
    // The user may have left during the request.
    if (this.#hasEnded) this.#deleteStored();
  }

  #deleteStored() {
    if (this.#stored !== undefined) this.#launcher.delete(this.#stored);
    this.#stored = undefined;
  }

  #checked(type, content) {
    const found = content?.payload?.type;
    if (found !== type) throw new Error(`the stored ${type} cannot be used: it is of type "${found}", not "${type}"`);
    if (!content.targetId || typeof content.targetId !== 'string') {
      throw new Error(`the stored ${type} cannot be used: it has no targetId`);
    }
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
    this.#connecting = setTimeout(() => this.#fail(new Error(NO_PATH)), CONNECT_TIMEOUT_MS);
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
    const cause = NO_PATH_CODES.includes(error.code) ? NO_PATH : error.message;
    const text = `No meeting in room "${this.#room}": while ${PHASES[this.#phase]}, ${cause}.`;
    this.#end({ how: 'failed', text });
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
