// A peer of another WebRTC implementation: libdatachannel. Its environment, its commands and its events are in ../README.md.

import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

import rtc from 'node-datachannel';

import { Launcher } from './launcher.js';

/** How long leaving in order waits for what was sent, and for the other peer, in milliseconds. */
const LEAVE_TIMEOUT_MS = 2_000;

/** One event, as one line of stdout. */
const tell = (event, fields) => console.log(JSON.stringify({ event, ...fields }));

/** What the environment says. */
const settings = {
  launcherUrl: process.env.SAFE_LAUNCHER_URL,
  room: process.env.SIGNALING_ROOM,
  pollIntervalMs: Number(process.env.SIGNALING_POLL_INTERVAL_MS ?? 2_000),
  deadlineMs: Number(process.env.SIGNALING_DEADLINE_MS ?? 120_000),
  iceServers: JSON.parse(process.env.SIGNALING_ICE_SERVERS ?? '{"iceServers":[]}').iceServers.flatMap(serversOf),
  firstText: process.env.SIGNALING_SEND,
};

/** The servers of libdatachannel for one of a browser. */
function serversOf({ urls, username, credential }) {
  return [urls].flat().map((url) => {
    const turn = /^turn:(.*):([0-9]+)$/.exec(url);
    if (!turn) return url;
    return { hostname: turn[1], port: Number(turn[2]), username, password: credential, relayType: 'TurnUdp' };
  });
}

/** A promise, and what fulfils it. */
function signal() {
  let set;
  const done = new Promise((resolve) => (set = resolve));
  return { set, done };
}

/** One peer, in one meeting. */
class Peer {
  #launcher = new Launcher(settings.launcherUrl);
  #connection = new rtc.PeerConnection('peer', { iceServers: settings.iceServers });
  #channel;
  /** The item and the content of the record that this peer stored. */
  #record;
  #gathered = signal();
  #opened = signal();
  #disconnected = signal();
  #isClosing = false;
  #left = signal();
  /** Fulfilled once the other peer has closed the channel. */
  left = this.#left.done;

  constructor() {
    this.#connection.onGatheringStateChange((state) => state === 'complete' && this.#gathered.set());
    this.#connection.onDataChannel((channel) => this.#use(channel));
    this.#connection.onStateChange((state) => {
      if (!['closed', 'failed', 'disconnected'].includes(state)) return;
      this.#disconnected.set();
      this.#tellClosed();
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
    this.#use(this.#connection.createDataChannel('data'));
    await this.#gathered.done;
    const answerId = drawAnswerId();
    await this.#publish(settings.room, answerId, tombstone === undefined ? undefined : tombstone + 1);
    console.log('offer published');
    let answer;
    while (!answer) {
      await sleep(settings.pollIntervalMs);
      ({ content: answer } = await this.#launcher.read(answerId));
    }
    this.#accept(answer);
  }

  async #answer(offer) {
    this.#accept(offer);
    await this.#gathered.done;
    await this.#publish(offer.targetId, drawAnswerId());
    console.log('answer published');
  }

  #accept({ payload }) {
    this.#connection.setRemoteDescription(payload.sdp, payload.type);
  }

  async #publish(item, targetId, version) {
    const { type, sdp } = this.#connection.localDescription();
    this.#record = { item, content: { payload: { type, sdp }, targetId } };
    await this.#launcher.publish(item, this.#record.content, version);
  }

  /** Removes the record that this peer stored, if it has stored one. */
  async removeRecord() {
    const record = this.#record;
    this.#record = undefined;
    if (record) await this.#launcher.remove(record.item, record.content);
  }

  #use(channel) {
    this.#channel = channel;
    channel.onOpen(() => this.#opened.set());
    channel.onMessage((message) => {
      if (typeof message === 'string') tell('message', { text: message });
      else tell('message', { base64: Buffer.from(message).toString('base64') });
    });
    channel.onClosed(() => this.#tellClosed());
    if (channel.isOpen()) this.#opened.set();
  }

  #tellClosed() {
    if (!this.#channel) return;
    this.#channel = undefined;
    tell('closed', { reason: `the channel is closed, the connection ${this.#connection.state()}` });
    if (!this.#isClosing) this.#left.set();
  }

  send({ text, base64 }) {
    if (text !== undefined) this.#channel.sendMessage(text);
    else this.#channel.sendMessageBinary(Buffer.from(base64, 'base64'));
  }

  /**
   * Closes the channel. libdatachannel counts it as closed at once, and what was sent before is still under way: it arrives
   * before the other peer disconnects.
   */
  async closeChannel() {
    this.#isClosing = true;
    this.#channel?.close();
    await Promise.race([this.#disconnected.done, sleep(LEAVE_TIMEOUT_MS)]);
  }

  /** Leaves in order: what was sent has time to arrive, and the other peer to close too. */
  async leave() {
    if (this.#channel?.isOpen()) await this.closeChannel();
    this.disconnect();
  }

  disconnect() {
    this.#connection.close();
  }
}

const drawAnswerId = () => `${settings.room}-${Math.random()}`;

/** Carries out each command of stdin, until one of them ends the meeting. */
async function obey(peer, commands) {
  for (;;) {
    const line = await commands.next();
    if (line === undefined || line === 'close') return peer.leave();
    const { send, close } = JSON.parse(line);
    if (send) peer.send(send);
    else if (close === 'channel') return peer.closeChannel();
    else if (close === 'connection') return peer.disconnect();
    else throw new Error(`${line} is no command`);
  }
}

/** The lines of stdin, in order; `undefined` after the last. */
class Commands {
  #lines = [];
  #isOver = false;
  #reader = createInterface({ input: process.stdin });

  constructor() {
    this.#reader.on('line', (line) => this.#lines.push(line.trim()));
    this.#reader.on('close', () => (this.#isOver = true));
  }

  /** Waits until there is a line, or the end. */
  async any() {
    if (this.#lines.length > 0 || this.#isOver) return;
    await Promise.race([once(this.#reader, 'line'), once(this.#reader, 'close')]);
  }

  async next() {
    await this.any();
    return this.#lines.shift();
  }
}

async function run(peer, commands) {
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

const peer = new Peer();
let code = 0;
try {
  await run(peer, new Commands());
} catch (error) {
  tell('failed', { reason: error.message });
  code = 1;
}
peer.disconnect();
await peer.removeRecord().catch((error) => console.log(`a record may be left: ${error.message}`));
rtc.cleanup();
// What is written to a pipe may still be under way.
await new Promise((resolve) => process.stdout.write('', resolve));
process.exit(code);
