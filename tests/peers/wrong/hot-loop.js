// The bug: a poll that finds nothing is followed by the next one at once.

import { Peer } from './peer.js';

class HotLoop extends Peer {
  async waitForTick() {}
}

await new HotLoop().run();
