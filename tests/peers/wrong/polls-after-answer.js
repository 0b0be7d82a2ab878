// The bug: its poll timer is stopped when it leaves, and not when it has found the answer.

import { Peer } from './peer.js';

class PollsAfterAnswer extends Peer {
  #timer;
  #poll;

  async awaitAnswer(offer, ready) {
    const answer = await super.awaitAnswer(offer, ready);
    const poll = () => (this.#poll = this.poll(offer.targetId).catch(() => {}));
    this.#timer = setInterval(poll, this.pollIntervalMs);
    return answer;
  }

  async leave() {
    clearInterval(this.#timer);
    await this.#poll;
    await super.leave();
  }
}

await new PollsAfterAnswer().run();
