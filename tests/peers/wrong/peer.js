// A careful peer program (docs/peers.md) without WebRTC, in small steps. The other files of this folder replace one step each, by a
// bug. It meets its own kind only.

import { createHash } from 'node:crypto';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { Launcher, LauncherError } from '../javascript/launcher.js';
import { Channel } from './channel.js';

/** How often a request is repeated that was not answered, or whose session is lost. */
const REPEATS_MAX = 3;

/** What the network says to a write that is not the first: the name is taken, or has another version by now. */
const CONFLICTS = [-23, -25];

/** One event, as one line of stdout. */
const tell = (event, fields) => console.log(JSON.stringify({ event, ...fields }));

const hashOf = (sdp) => createHash('sha256').update(sdp).digest('base64');

const isSame = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** One peer, in one visit. */
export class Peer {
  room = process.env.SIGNALING_ROOM;
  pollIntervalMs = Number(process.env.SIGNALING_POLL_INTERVAL_MS ?? 2_000);
  deadlineMs = Number(process.env.SIGNALING_DEADLINE_MS ?? 30_000);
  launcher = new Launcher(process.env.SAFE_LAUNCHER_URL, 'wrong');
  /** Aborted when the peer is to end: told so, or at its deadline. */
  ending = new AbortController();
  /** The item and content of the record that this peer stored, or may have stored. */
  record;
  #isTold = false;
  #isConnected = false;
  /** Messages are reported after it is fulfilled: once `connected` is. */
  #reported = new Promise((resolve) => (this.report = resolve));

  /** Runs the peer, and ends the process. */
  async run() {
    const told = new Promise((resolve) => this.ending.signal.addEventListener('abort', resolve));
    const commands = createInterface({ input: process.stdin });
    commands.on('line', (line) => line.trim() === 'close' && this.#leaveWhenTold());
    commands.on('close', () => this.#leaveWhenTold());
    const deadline = setTimeout(() => this.giveUp(), this.deadlineMs);

    let code = 0;
    try {
      const role = await this.meet();
      clearTimeout(deadline);
      this.#isConnected = true;
      tell('connected', { role });
      this.report();
      this.channel.send(process.env.SIGNALING_SEND ?? '');
      await this.removeRecord();
      await Promise.race([told, this.channel.closed]);
    } catch (error) {
      if (!this.#isTold) {
        tell('failed', { reason: error.message });
        code = 1;
      }
    }
    await this.leave();
    // What is written to a pipe may still be under way.
    process.stdout.write('', () => process.exit(code));
  }

  #leaveWhenTold() {
    this.#isTold = true;
    this.ending.abort(new Error('told to leave'));
  }

  /** Ends the meeting at its deadline. */
  giveUp() {
    this.ending.abort(new Error(`the two did not meet within ${this.deadlineMs} ms`));
  }

  /** Meets the other peer, and answers with the role of this one. */
  async meet() {
    await this.repeated(() => this.launcher.authorise());
    for (;;) {
      const found = await this.repeated(() => this.launcher.read(this.room));
      const role = found.content ? await this.answer(found) : await this.offer(found);
      if (role) return role;
    }
  }

  /** Offers a session, and waits for the answer. Nothing if another peer has stored its offer first. */
  async offer({ content: stale, version }) {
    this.channel = this.newChannel();
    const payload = { type: 'offer', sdp: await this.channel.offer() };
    const offer = { payload, targetId: this.drawAnswerId() };
    const ready = performance.now();
    const write = () => (stale ? this.launcher.replace(this.room, offer) : this.publish(this.room, offer, version));
    if (!(await this.store(this.room, offer, write))) return this.refused(offer, ready);
    console.log('offer published');
    const answer = await this.awaitAnswer(offer, ready);
    this.channel.accept(answer.payload.sdp);
    await this.until(this.channel.opened);
    return 'initiator';
  }

  /** Another peer was first: the room is looked up again. */
  async refused() {
    console.log('another peer has stored its offer');
    this.channel.close();
  }

  /** Answers an offer. Nothing if the room is to be looked up again. */
  async answer(found) {
    const { payload: offer, targetId } = found.content;
    this.channel = this.newChannel();
    let sdp;
    try {
      sdp = await this.reach(offer);
    } catch (error) {
      this.channel.close();
      if (!found.isOwner) throw new Error(`the offer in the room is stale: ${error.message}`, { cause: error });
      console.log('the offer in the room is stale, and this account can replace it');
      return this.offer(found);
    }
    const answer = { payload: { type: 'answer', sdp }, targetId: this.drawAnswerId(), offerHash: hashOf(offer.sdp) };
    if (!(await this.store(targetId, answer, () => this.publish(targetId, answer)))) {
      throw new Error('the room is taken: another peer has answered its offer');
    }
    console.log('answer published');
    try {
      await this.until(this.channel.opened);
      return 'recipient';
    } catch (error) {
      this.ending.signal.throwIfAborted();
      console.log(`the answer was not accepted: ${error.message}`);
      await this.removeRecord();
      await this.pause();
      return undefined;
    }
  }

  /** Connects to the peer of an offer, and returns the answer. */
  reach(offer) {
    return this.channel.answer(offer.sdp);
  }

  /** Polls for the answer at fixed ticks. A tick that passes during a poll is skipped. */
  async awaitAnswer(offer, ready) {
    for (let tick = 1; ; ) {
      await this.waitForTick(ready + tick * this.pollIntervalMs);
      const answer = await this.poll(offer.targetId);
      if (answer && this.isAnswerTo(offer, answer)) return answer;
      console.log('no answer yet');
      const passed = Math.floor((performance.now() - ready) / this.pollIntervalMs);
      tick = Math.max(tick, passed) + 1;
    }
  }

  async waitForTick(at) {
    await this.pause(Math.max(at - performance.now(), 0));
  }

  /** One poll. If it fails, the next one finds what it would have found. */
  async poll(answerId) {
    this.ending.signal.throwIfAborted();
    try {
      return (await this.launcher.read(answerId)).content;
    } catch (error) {
      console.log(`a poll failed: ${error.message}`);
      if (error.status === 401) await this.repeated(() => this.launcher.authorise());
      return undefined;
    }
  }

  /** Peers of other kinds do not say which offer they answer. */
  isAnswerTo(offer, { offerHash }) {
    return offerHash === undefined || offerHash === hashOf(offer.payload.sdp);
  }

  /** A new one for each offer, so that no answer to an earlier one is found. */
  drawAnswerId() {
    return `${this.room}-${Math.random()}`;
  }

  /** Stores a content as a new record, or as the version after a tombstone. */
  publish(item, content, tombstone) {
    return this.launcher.publish(item, content, tombstone === undefined ? undefined : tombstone + 1);
  }

  /** Stores a content by this write, once, and says whether it is stored or was refused. */
  async store(item, content, write) {
    this.ending.signal.throwIfAborted();
    this.record = { item, content };
    return this.repeated(async () => {
      try {
        await write();
        return true;
      } catch (error) {
        // It may be stored although the launcher did not say so.
        const { content: stored } = await this.launcher.read(item);
        if (isSame(stored, content)) return true;
        if (!CONFLICTS.includes(error.code)) throw error;
        this.record = undefined;
        return false;
      }
    });
  }

  /** Removes the record that this peer stored, if it has stored one. */
  async removeRecord() {
    const { record } = this;
    this.record = undefined;
    if (record) await this.launcher.remove(record.item, record.content);
  }

  /** Leaves in order. */
  async leave() {
    this.channel?.close();
    await this.removeRecord().catch((error) => console.log(`a record may be left: ${error.message}`));
    if (this.#isConnected) tell('closed');
  }

  newChannel() {
    return new Channel((text) => this.#reported.then(() => tell('message', { text })));
  }

  /** Carries out requests, again at the pace of polls if they are not answered, and with a new session if theirs is lost. */
  async repeated(requests) {
    for (let repeats = 0; ; repeats += 1) {
      try {
        return await requests();
      } catch (error) {
        const isLost = error.status === 401;
        if (repeats === REPEATS_MAX || (error instanceof LauncherError && !isLost)) throw error;
        console.log(`once more, since ${error.message}`);
        await this.pause();
        if (isLost) await this.launcher.authorise();
      }
    }
  }

  /** Waits for so long, one poll interval by default, unless the peer is to end. */
  async pause(ms = this.pollIntervalMs) {
    const { signal } = this.ending;
    await sleep(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
  }

  /** Waits for a promise, unless the peer is to end. */
  until(promise) {
    const { signal } = this.ending;
    signal.throwIfAborted();
    const ended = new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    return Promise.race([promise, ended]);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await new Peer().run();
