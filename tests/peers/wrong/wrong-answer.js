// The bug: it looks for its answer under the same id each time, and uses whatever it finds there: also an answer to an earlier offer.

import { Peer } from './peer.js';

class WrongAnswer extends Peer {
  drawAnswerId() {
    return `${this.room}-answer`;
  }

  isAnswerTo() {
    return true;
  }
}

await new WrongAnswer().run();
