// The bug: it answers any offer that it finds, also the one that it left itself when it crashed, and waits for its own former self.

import { Channel } from './channel.js';
import { Peer } from './peer.js';

class AnswersItself extends Peer {
  async reach(offer) {
    try {
      return await super.reach(offer);
    } catch {
      // Nobody listens at the port of the offer. The answer has the form of any other, and the channel never opens.
      this.channel = new Channel(() => {});
      return (await this.channel.offer()).replace('passive', 'active');
    }
  }
}

await new AnswersItself().run();
