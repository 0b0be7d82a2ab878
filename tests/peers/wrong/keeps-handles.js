// The bug: it drops no handle, as the original app after an empty poll and after it has stored something.

import { Peer } from './peer.js';

class KeepsHandles extends Peer {
  constructor() {
    super();
    this.launcher.drop = async () => {};
  }
}

await new KeepsHandles().run();
