// The commands of stdin, which are in ../README.md.

import { createInterface } from 'node:readline';

/** The lines of stdin, in order; `undefined` after the last. */
export class Commands {
  #lines = [];
  #isOver = false;
  #waiting = [];

  constructor() {
    const reader = createInterface({ input: process.stdin });
    reader.on('line', (line) => this.#arrived(() => this.#lines.push(line.trim())));
    reader.on('close', () => this.#arrived(() => (this.#isOver = true)));
  }

  #arrived(note) {
    note();
    for (const go of this.#waiting.splice(0)) go();
  }

  /** Waits until there is a line, or the end. */
  async any() {
    if (this.#lines.length > 0 || this.#isOver) return;
    await new Promise((go) => this.#waiting.push(go));
  }

  async next() {
    await this.any();
    return this.#lines.shift();
  }
}

/** Carries out each command, until one of them ends the meeting. */
export async function obey(peer, commands) {
  for (;;) {
    const line = await commands.next();
    if (line === undefined || line === 'close') return peer.leave();
    const { send, close } = JSON.parse(line);
    if (send) peer.send(send);
    else if (close === 'channel') return peer.closeChannel();
    else if (close === 'connection') return peer.disconnect();
    else throw new Error(`${line} is no command`);
  }
}
