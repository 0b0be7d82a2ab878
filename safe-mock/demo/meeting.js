// One meeting, as the original app had it: look for an offer in the room, answer it if there is one, else store an offer
// and look for an answer at regular intervals. Knows nothing of the page; tells `tell` what happens.

import { Launcher } from './launcher.js';
import { drawAnswerId, hash } from './room.js';

const { SimplePeer } = globalThis;

/** The largest message, in bytes, that peers of every kind take. */
export const MAX_MESSAGE_BYTES = 65_536;

/** How long the two may take from the answer to the open channel, in milliseconds. */
const CONNECT_TIMEOUT_MS = 30_000;

/** What a room's left-over offer ends with: nobody is at its other end. */
const NO_WAY = 'no way to the other peer was found; the room may have been used before, so try another name';

/** How simple-peer names that. */
const NO_WAY_CODES = ['ERR_ICE_CONNECTION_FAILURE', 'ERR_CONNECTION_FAILURE', 'ERR_ICE_CONNECTION_CLOSED'];

/** How often a peer whose offer came second looks again before it gives up. */
const MAX_ATTEMPTS = 5;

/** How long leaving waits for what was sent, in milliseconds. */
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

/** From entering a room to leaving it. */
export class Meeting {
  #room;
  #answerId;
  #pollIntervalMs;
  #tell;
  #launcher;
  #stop = new AbortController();
  #phase;
  #connection;
  #isOpen = false;
  #hasEnded = false;
  /** What this page has stored and not erased, as a handle. */
  #stored;
  #connecting;

  /** `tell` is called with {type: 'request' | 'phase' | 'role' | 'poll' | 'open' | 'message' | 'end', …}. */
  constructor({ room, pollIntervalMs, tell }) {
    this.#room = room;
    this.#answerId = drawAnswerId(room);
    this.#pollIntervalMs = pollIntervalMs;
    this.#tell = tell;
    this.#launcher = new Launcher({
      watch: (request) => tell({ type: 'request', request }),
      signal: this.#stop.signal,
    });
  }

  async start() {
    try {
      this.#enter('asking the launcher for authorisation');
      await this.#launcher.authorise();
      await this.#meet();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Sends a text; throws with a sentence if it cannot. */
  send(text) {
    const bytes = new TextEncoder().encode(text).length;
    if (bytes > MAX_MESSAGE_BYTES) {
      throw new Error(`the message has ${bytes} bytes, and at most ${MAX_MESSAGE_BYTES} can be sent`);
    }
    if (!this.#isOpen) throw new Error('the channel is closed');
    this.#connection.send(text);
  }

  /** Leaves after what was sent has gone out. */
  async leave() {
    for (let waited = 0; this.#connection?.bufferSize > 0 && waited < DRAIN_MS; waited += DRAIN_CHECK_MS) {
      await pause(DRAIN_CHECK_MS);
    }
    this.#end({ how: 'left', text: 'You left.' });
  }

  /** The page is closing: what nobody waits for can still be done. */
  abandon() {
    this.#end({ how: 'left', text: 'You left.' });
  }

  async #meet() {
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      this.#enter('looking for an offer in the room');
      const found = await this.#launcher.read(this.#room, 'look for an offer');
      if (found.content) return this.#answer(found.content);
      if (await this.#offer(found.version)) return;
    }
    throw new Error('others were faster each time');
  }

  /** Answers whether the offer was stored; if not, somebody else's was. */
  async #offer(version) {
    this.#tell({ type: 'role', role: 'initiator' });
    this.#enter('making the offer');
    const connection = this.#connect(true);
    const payload = await this.#description(connection);
    this.#enter('publishing the offer');
    const about = { madeAt: Date.now(), looksEveryMs: this.#pollIntervalMs };
    try {
      await this.#store(this.#room, { payload, about }, 'store the offer', version);
    } catch (error) {
      if (!error.isTaken) throw error;
      this.#connection = undefined;
      connection.destroy();
      return false;
    }
    this.#enter('waiting for an answer');
    const answer = this.#checked('answer', await this.#poll());
    // The original does not say which offer it answers.
    if (answer.offerHash && answer.offerHash !== (await hash(payload.sdp))) {
      throw new Error('the answer is one to another offer');
    }
    connection.signal(answer.payload);
    this.#await();
    return true;
  }

  async #poll() {
    for (let polls = 1; ; polls += 1) {
      await pause(this.#pollIntervalMs, this.#stop.signal);
      this.#tell({ type: 'poll', polls });
      const found = await this.#launcher.read(this.#answerId, `poll ${polls}`);
      if (found.content) return found.content;
    }
  }

  async #answer(content) {
    const offer = this.#checked('offer', content);
    this.#tell({ type: 'role', role: 'recipient' });
    this.#enter('answering the offer');
    const connection = this.#connect(false);
    connection.signal(offer.payload);
    const payload = await this.#description(connection);
    const offerHash = await hash(offer.payload.sdp);
    this.#enter('publishing the answer');
    try {
      await this.#store(offer.targetId, { payload, offerHash }, 'store the answer');
    } catch (error) {
      if (!error.isTaken) throw error;
      throw new Error('somebody has answered this offer already: the room is taken, or was used before');
    }
    this.#await();
  }

  /** What the page says besides stands behind what the original writes, which reads no more than that. */
  async #store(item, { payload, ...further }, why, version) {
    const object = { payload, targetId: this.#answerId, ...further };
    this.#stored = await this.#launcher.publish(item, object, why, version);
    // It may have been on its way when the user left.
    if (this.#hasEnded) this.#tidyUp();
  }

  #tidyUp() {
    if (this.#stored !== undefined) this.#launcher.erase(this.#stored);
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

  /** Trickle is off: one description each way. Without the empty list simple-peer would ask public STUN servers. */
  #connect(initiator) {
    const connection = new SimplePeer({ initiator, trickle: false, config: { iceServers: [] } });
    this.#connection = connection;
    const isCurrent = (act) => (value) => this.#connection === connection && act(value);
    // What arrives may arrive before the channel is said to be open.
    connection.on('data', isCurrent((data) => this.#tell({ type: 'message', text: new TextDecoder().decode(data) })));
    connection.on('connect', isCurrent(() => this.#open()));
    // Once the channel is open, simple-peer takes the other side's leaving for an error, and says `close` next.
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

  /** The rest happens between the two; a room's left-over offer shows by nothing happening. */
  #await() {
    if (this.#isOpen) return;
    this.#enter('connecting to the other peer');
    this.#connecting = setTimeout(() => this.#fail(new Error(NO_WAY)), CONNECT_TIMEOUT_MS);
  }

  #open() {
    clearTimeout(this.#connecting);
    this.#isOpen = true;
    this.#tell({ type: 'open' });
    // The room can be used again.
    this.#tidyUp();
  }

  #enter(phase) {
    this.#stop.signal.throwIfAborted();
    this.#phase = phase;
    this.#tell({ type: 'phase', phase });
  }

  #fail(error) {
    const cause = NO_WAY_CODES.includes(error.code) ? NO_WAY : error.message;
    const text = `No meeting in room "${this.#room}": while ${this.#phase}, ${cause}.`;
    this.#end({ how: 'failed', text });
  }

  /** The first end counts. */
  #end(end) {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#isOpen = false;
    clearTimeout(this.#connecting);
    this.#stop.abort();
    this.#tidyUp();
    this.#connection?.destroy();
    this.#tell({ type: 'end', ...end });
  }
}
