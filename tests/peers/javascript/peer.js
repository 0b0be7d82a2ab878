// A peer in Node, over any WebRTC implementation. Its environment, its commands and its events are in ../README.md.

import { setTimeout as sleep } from 'node:timers/promises';

import { Commands, obey } from './commands.js';
import { Launcher } from './launcher.js';

/**
 * A connection with one data channel, of one WebRTC implementation.
 *
 * @typedef {object} Stack
 * @property {() => Promise<Description>} offer opens the channel, and returns the complete offer
 * @property {(offer: Description) => Promise<Description>} answer returns the complete answer
 * @property {(answer: Description) => Promise<void>} accept
 * @property {(content: string | Buffer) => void} send
 * @property {() => Promise<void>} closeChannel closes the channel, and waits until the other peer has closed it too
 * @property {() => Promise<void>} disconnect closes the connection; more than once is allowed
 *
 * @typedef {{ type: string, sdp: string }} Description
 *
 * @typedef {object} Events what an implementation reports
 * @property {() => void} opened
 * @property {(content: string | Buffer) => void} message
 * @property {(reason: string) => void} closed the channel or the connection is closed; more than once is allowed
 */

/** How long leaving in order waits for what was sent, and for the other peer, in milliseconds. */
const LEAVE_TIMEOUT_MS = 2_000;

/** What the environment says. */
const settings = {
  launcherUrl: process.env.SAFE_LAUNCHER_URL,
  room: process.env.SIGNALING_ROOM,
  pollIntervalMs: Number(process.env.SIGNALING_POLL_INTERVAL_MS ?? 2_000),
  deadlineMs: Number(process.env.SIGNALING_DEADLINE_MS ?? 120_000),
  iceServers: JSON.parse(process.env.SIGNALING_ICE_SERVERS ?? '{"iceServers":[]}').iceServers,
  firstText: process.env.SIGNALING_SEND,
};

/** One event, as one line of stdout. */
const tell = (event, fields) => console.log(JSON.stringify({ event, ...fields }));

/** A promise, and what fulfils it. */
export function signal() {
  let set;
  const done = new Promise((resolve) => (set = resolve));
  return { set, done };
}

const drawAnswerId = () => `${settings.room}-${Math.random()}`;

/** One peer, in one meeting. */
class Peer {
  #launcher;
  #stack;
  /** The item and the content of the record that this peer stored. */
  #record;
  #opened = signal();
  #isOpen = false;
  #isClosing = false;
  #left = signal();
  /** Fulfilled once the other peer has closed the channel. */
  left = this.#left.done;

  constructor(name, connect) {
    this.#launcher = new Launcher(settings.launcherUrl, name);
    this.#stack = connect(settings.iceServers, {
      opened: () => {
        this.#isOpen = true;
        this.#opened.set();
      },
      message: (content) => {
        if (typeof content === 'string') tell('message', { text: content });
        else tell('message', { base64: content.toString('base64') });
      },
      closed: (reason) => this.#tellClosed(reason),
    });
  }

  /** Meets the other peer, and answers with the role of this one. */
  async meet() {
    await this.#launcher.authorise();
    const { content: offer, version } = await this.#launcher.read(settings.room);
    if (offer) await this.#answer(offer);
    else await this.#offer(version);
    await this.#opened.done;
    return offer ? 'recipient' : 'initiator';
  }

  async #offer(tombstone) {
    const answerId = drawAnswerId();
    const version = tombstone === undefined ? undefined : tombstone + 1;
    await this.#publish(settings.room, { payload: await this.#stack.offer(), targetId: answerId }, version);
    console.log('offer published');
    let answer;
    while (!answer) {
      await sleep(settings.pollIntervalMs);
      ({ content: answer } = await this.#launcher.read(answerId));
    }
    await this.#stack.accept(answer.payload);
  }

  async #answer({ payload: offer, targetId }) {
    await this.#publish(targetId, { payload: await this.#stack.answer(offer), targetId: drawAnswerId() });
    console.log('answer published');
  }

  async #publish(item, content, version) {
    this.#record = { item, content };
    await this.#launcher.publish(item, content, version);
  }

  /** Removes the record that this peer stored, if it has stored one. */
  async removeRecord() {
    const record = this.#record;
    this.#record = undefined;
    if (record) await this.#launcher.remove(record.item, record.content);
  }

  #tellClosed(reason) {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    tell('closed', { reason });
    if (!this.#isClosing) this.#left.set();
  }

  send({ text, base64 }) {
    this.#stack.send(text ?? Buffer.from(base64, 'base64'));
  }

  /** What was sent before has time to arrive, and the other peer to close too. */
  async closeChannel() {
    this.#isClosing = true;
    await Promise.race([this.#stack.closeChannel(), sleep(LEAVE_TIMEOUT_MS)]);
  }

  /** Leaves in order. */
  async leave() {
    if (this.#isOpen) await this.closeChannel();
    await this.disconnect();
  }

  disconnect() {
    return this.#stack.disconnect();
  }
}

async function meetAndTalk(peer, commands) {
  // The only command before the two have met is to leave.
  const late = sleep(settings.deadlineMs, 'late');
  const met = await Promise.race([peer.meet(), commands.any().then(() => 'left'), late]);
  await peer.removeRecord();
  if (met === 'left') return;
  if (met === 'late') throw new Error(`the two did not meet within ${settings.deadlineMs} ms`);
  tell('connected', { role: met });
  if (settings.firstText !== undefined) peer.send({ text: settings.firstText });
  await Promise.race([obey(peer, commands), peer.left]);
}

/**
 * Runs one peer in one meeting, and ends the process.
 *
 * @param {string} name of the implementation
 * @param {(iceServers: object[], events: Events) => Stack} connect
 */
export async function run(name, connect) {
  const peer = new Peer(name, connect);
  let code = 0;
  try {
    await meetAndTalk(peer, new Commands());
  } catch (error) {
    tell('failed', { reason: error.message });
    code = 1;
  }
  await peer.disconnect();
  await peer.removeRecord().catch((error) => console.log(`a record may be left: ${error.message}`));
  // What is written to a pipe may still be under way.
  await new Promise((resolve) => process.stdout.write('', resolve));
  process.exit(code);
}
