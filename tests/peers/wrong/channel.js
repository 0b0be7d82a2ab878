// A channel over TCP on loopback in place of WebRTC, so that these peers need no package. Session descriptions are exchanged as those
// of WebRTC are: the offer names a port, at which the initiator listens, and the answer names a connection to it. The channel opens at
// both ends once the initiator has accepted that answer.

import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { createInterface } from 'node:readline';

/** How long a peer takes to make a description, in milliseconds: gathering candidates takes a while with WebRTC too. */
const GATHERING_MS = 300;

/** A promise, and what settles it. */
function signal() {
  const made = {};
  made.done = new Promise((resolve, reject) => Object.assign(made, { set: resolve, fail: reject }));
  // Not every peer waits for it.
  made.done.catch(() => {});
  return made;
}

const gather = () => new Promise((resolve) => setTimeout(resolve, GATHERING_MS));

/** A description with an id and a candidate of TCP (RFC 6544). */
const describe = (id, port, tcpType) =>
  [
    'm=application 9 TCP lines',
    `a=ice-ufrag:${id}`,
    `a=candidate:1 1 tcp 2105458943 127.0.0.1 ${port} typ host tcptype ${tcpType}`,
  ]
    .map((line) => `${line}\r\n`)
    .join('');

/** The id and the port in a description. */
function read(sdp) {
  const id = /^a=ice-ufrag:(.+?)\r?$/m.exec(sdp)?.[1];
  const port = /^a=candidate:1 1 tcp [0-9]+ 127\.0\.0\.1 ([0-9]+) /m.exec(sdp)?.[1];
  if (!id || !port) throw new Error('the description is not of a peer over TCP');
  return { id, port: Number(port) };
}

/** One end of a channel, as the initiator's or the recipient's. */
export class Channel {
  #id = randomUUID();
  #server;
  /** The sockets of recipients whose answers are not accepted yet, by their ids. */
  #waiting = new Map();
  #socket;
  #onText;
  #opened = signal();
  #closed = signal();
  /** Fulfilled once the channel is open; rejected if its other end goes away before. */
  opened = this.#opened.done;
  /** Fulfilled once the channel is closed. */
  closed = this.#closed.done;

  constructor(onText) {
    this.#onText = onText;
  }

  /** Listens, and returns the offer. */
  async offer() {
    this.#server = createServer((socket) => {
      socket.on('error', () => {});
      createInterface({ input: socket }).on('line', (line) => this.#heard(socket, line));
    });
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    await gather();
    return describe(this.#id, this.#server.address().port, 'passive');
  }

  /** Connects to the peer of an offer, and returns the answer. Rejects if there is no such peer. */
  async answer(offer) {
    const { id, port } = read(offer);
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.on('error', () => {});
    socket.on('close', () => this.#lost('the initiator closed the connection'));
    createInterface({ input: socket }).on('line', (line) => this.#heard(socket, line));
    this.#socket = socket;
    this.#say({ to: id, from: this.#id });
    await gather();
    return describe(this.#id, 9, 'active');
  }

  /** Opens the channel to the peer of an answer. */
  accept(answer) {
    const { id } = read(answer);
    const socket = this.#waiting.get(id);
    if (!socket || socket.destroyed) return this.#lost('the peer of the answer is gone');
    socket.on('close', () => this.#lost('the recipient closed the connection'));
    this.#socket = socket;
    this.#say({ open: true });
    this.#opened.set();
  }

  send(text) {
    this.#say({ text });
  }

  close() {
    this.#socket?.end();
    for (const socket of this.#waiting.values()) if (socket !== this.#socket) socket.destroy();
    this.#server?.close();
    this.#lost('this peer left');
  }

  #say(message) {
    this.#socket.write(`${JSON.stringify(message)}\n`);
  }

  #heard(socket, line) {
    const { to, from, open, text } = JSON.parse(line);
    if (text !== undefined) this.#onText(text);
    if (open) this.#opened.set();
    if (!from) return;
    // The port may have been another peer's before.
    if (to === this.#id) this.#waiting.set(from, socket);
    else socket.destroy();
  }

  #lost(why) {
    this.#opened.fail(new Error(why));
    this.#closed.set();
  }
}
