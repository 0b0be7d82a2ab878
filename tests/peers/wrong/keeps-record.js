// The bug: it never removes the record that it stored. The room cannot be used again.

import { Peer } from './peer.js';

class KeepsRecord extends Peer {
  async removeRecord() {}
}

await new KeepsRecord().run();
