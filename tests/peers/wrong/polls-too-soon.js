// The bug: polls at half of the interval that it was told.

import { Peer } from './peer.js';

class PollsTooSoon extends Peer {
  async awaitAnswer(offer, ready) {
    this.pollIntervalMs /= 2;
    return super.awaitAnswer(offer, ready);
  }
}

await new PollsTooSoon().run();
