// The bug: when the request that stores its offer is not answered, it takes the session for lost and begins a second one. But the
// offer was stored: now there are two offers, and two sessions in which this peer waits.

import { LauncherError } from '../javascript/launcher.js';
import { Peer } from './peer.js';

class TwoSessions extends Peer {
  async offer(found) {
    try {
      return await super.offer(found);
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error;
      console.log('a second session begins');
      // Of the first one, nothing is closed.
      const first = this.awaitAnswer(error.offer, performance.now());
      const second = super.offer({ content: error.offer });
      return Promise.race([second, first.then((answer) => this.useFirst(error.channel, answer))]);
    }
  }

  useFirst(channel, answer) {
    channel.accept(answer.payload.sdp);
    this.channel = channel;
    return 'initiator';
  }

  async store(item, content, write) {
    if (content.payload.type !== 'offer' || this.record) return super.store(item, content, write);
    this.record = { item, content };
    try {
      await write();
      return true;
    } catch (error) {
      if (error instanceof LauncherError) return super.store(item, content, write);
      throw new Unanswered(content, this.channel);
    }
  }
}

/** The request that stores an offer was not answered. */
class Unanswered extends Error {
  constructor(offer, channel) {
    super('the request that stores the offer was not answered');
    this.offer = offer;
    this.channel = channel;
  }
}

await new TwoSessions().run();
