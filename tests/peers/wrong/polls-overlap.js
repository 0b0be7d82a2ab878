// The bug: a timer begins the polls, and does not wait for the previous one. Each poll of this peer takes longer than the interval.

import { setTimeout as sleep } from 'node:timers/promises';

import { Peer } from './peer.js';

class PollsOverlap extends Peer {
  async awaitAnswer(offer) {
    const send = this.launcher.send.bind(this.launcher);
    this.launcher.send = async (method, path, body) => {
      // Between the two requests by which a poll looks for the answer.
      if (path.startsWith('structured-data/handle/') && method === 'GET') await sleep(1.5 * this.pollIntervalMs);
      return send(method, path, body);
    };
    const answer = await this.until(this.answerOfAny(offer.targetId));
    this.launcher.send = send;
    return answer;
  }

  answerOfAny(answerId) {
    return new Promise((resolve) => {
      const stop = () => clearInterval(timer);
      const timer = setInterval(async () => {
        const answer = await this.poll(answerId).catch(stop);
        if (!answer) return;
        stop();
        resolve(answer);
      }, this.pollIntervalMs);
    });
  }
}

await new PollsOverlap().run();
