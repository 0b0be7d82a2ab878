// The bug: when its offer is refused, since another peer was first, it ignores that, and waits for an answer for ever.

import { Peer } from './peer.js';

class WaitsOnGlare extends Peer {
  async refused(offer, ready) {
    this.giveUp = () => {};
    await this.awaitAnswer(offer, ready);
  }
}

await new WaitsOnGlare().run();
