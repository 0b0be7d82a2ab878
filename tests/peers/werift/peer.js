// A peer of another WebRTC implementation: werift. It meets the signaling crate as the initiator only; why is in
// ../../../docs/upstream-webrtc.md.

import { setImmediate as nextTurn } from 'node:timers/promises';

import { RTCPeerConnection } from 'werift';

import { run, signal } from '../javascript/peer.js';

/** What SCTP says of a message that is empty, and has a byte for that reason (RFC 8831 §6.6). */
const EMPTY_TEXT = 56;
const EMPTY_BINARY = 57;

/** A connection with one data channel. */
class Werift {
  #connection;
  #channel;
  #events;
  #closed = signal();

  constructor(iceServers, events) {
    this.#events = events;
    // Without a list, werift would use a public STUN server.
    this.#connection = new RTCPeerConnection({ iceServers, iceAdditionalHostAddresses: ['127.0.0.1'] });
    this.#connection.onDataChannel.subscribe((channel) => this.#use(channel));
    this.#connection.connectionStateChange.subscribe((state) => {
      if (['closed', 'failed', 'disconnected'].includes(state)) this.#tellClosed();
    });
  }

  async offer() {
    this.#use(this.#connection.createDataChannel('data'));
    await this.#connection.setLocalDescription(await this.#connection.createOffer());
    return this.#description();
  }

  async answer(offer) {
    await this.accept(offer);
    await this.#connection.setLocalDescription(await this.#connection.createAnswer());
    return this.#description();
  }

  async accept(description) {
    await this.#connection.setRemoteDescription(description);
  }

  /** All candidates are in it once it is set. */
  #description() {
    const { type, sdp } = this.#connection.localDescription;
    return { type, sdp };
  }

  #use(channel) {
    this.#channel = channel;
    channel.onMessage.subscribe((content) => this.#events.message(content));
    channel.stateChanged.subscribe((state) => {
      if (state === 'open') this.#events.opened();
      if (state === 'closed') this.#tellClosed();
    });
    if (channel.readyState === 'open') this.#events.opened();
  }

  #tellClosed() {
    this.#closed.set();
    this.#events.closed(`the channel is ${this.#channel?.readyState}, the connection ${this.#connection.connectionState}`);
  }

  send(content) {
    if (content.length > 0) this.#channel.send(content);
    else this.#sendEmpty(typeof content === 'string' ? EMPTY_TEXT : EMPTY_BINARY);
  }

  /**
   * werift counts an empty message and sends no chunk for it, so that nothing later would be delivered. This is the message as it
   * has to be.
   */
  #sendEmpty(protocol) {
    this.#channel.sctp.sctp.send(this.#channel.id, protocol, Buffer.of(0), { ordered: true });
  }

  /** werift would ask for the end before it has sent all, and the other side then loses the last messages (§10 there). */
  async closeChannel() {
    if (this.#channel.bufferedAmount > 0) await this.#channel.bufferedAmountLow.asPromise();
    this.#channel.close();
    await this.#closed.done;
  }

  /**
   * Closing the connection alone sends the other side nothing; stopping SCTP sends it an ABORT, which is not retransmitted.
   *
   * The ABORT is sent twice because one record of each connection is lost: werift resets its record number after the Finished and not
   * before, so that one later record has the number of the Finished, and the other side drops it as a replay (RFC 6347 §4.1.2.6).
   * Where werift is the DTLS server, that is the eighth record: the ABORT, if one text went each way.
   */
  async disconnect() {
    const { sctp } = this.#connection;
    await sctp?.sctp?.abort();
    await sctp?.stop();
    // A datagram leaves in the next turn, if its socket is open then.
    await nextTurn();
    await this.#connection.close();
  }
}

await run('werift', (iceServers, events) => new Werift(iceServers, events));
