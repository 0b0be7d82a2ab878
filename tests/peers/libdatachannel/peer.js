// A peer of another WebRTC implementation: libdatachannel.

import rtc from 'node-datachannel';

import { run, signal } from '../javascript/peer.js';

/** The servers of libdatachannel for one of a browser. */
function serversOf({ urls, username, credential }) {
  return [urls].flat().map((url) => {
    const turn = /^turn:(.*):([0-9]+)$/.exec(url);
    if (!turn) return url;
    return { hostname: turn[1], port: Number(turn[2]), username, password: credential, relayType: 'TurnUdp' };
  });
}

/** A connection with one data channel. */
class LibDataChannel {
  #connection;
  #channel;
  #events;
  #gathered = signal();
  #disconnected = signal();

  constructor(iceServers, events) {
    this.#events = events;
    this.#connection = new rtc.PeerConnection('peer', { iceServers: iceServers.flatMap(serversOf) });
    this.#connection.onGatheringStateChange((state) => state === 'complete' && this.#gathered.set());
    this.#connection.onDataChannel((channel) => this.#use(channel));
    this.#connection.onStateChange((state) => {
      if (!['closed', 'failed', 'disconnected'].includes(state)) return;
      this.#disconnected.set();
      this.#tellClosed();
    });
  }

  async offer() {
    this.#use(this.#connection.createDataChannel('data'));
    return this.#description();
  }

  async answer(offer) {
    await this.accept(offer);
    return this.#description();
  }

  async accept({ type, sdp }) {
    this.#connection.setRemoteDescription(sdp, type);
  }

  async #description() {
    await this.#gathered.done;
    const { type, sdp } = this.#connection.localDescription();
    return { type, sdp };
  }

  #use(channel) {
    this.#channel = channel;
    channel.onOpen(() => this.#events.opened());
    channel.onMessage((content) => this.#events.message(typeof content === 'string' ? content : Buffer.from(content)));
    channel.onClosed(() => this.#tellClosed());
    if (channel.isOpen()) this.#events.opened();
  }

  #tellClosed() {
    this.#events.closed(`the channel is closed, the connection ${this.#connection.state()}`);
  }

  send(content) {
    if (typeof content === 'string') this.#channel.sendMessage(content);
    else this.#channel.sendMessageBinary(content);
  }

  /**
   * libdatachannel counts a channel as closed at once, and what was sent before is still under way: it arrives before the other
   * peer disconnects.
   */
  async closeChannel() {
    this.#channel.close();
    await this.#disconnected.done;
  }

  async disconnect() {
    this.#connection.close();
  }
}

// Its threads would go on while the process ends.
process.on('exit', () => rtc.cleanup());
await run('libdatachannel', (iceServers, events) => new LibDataChannel(iceServers, events));
