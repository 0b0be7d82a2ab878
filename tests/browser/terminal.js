// The `meet` example as the other peer.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A running `meet` in a room. */
export class Terminal {
  #child;
  #lines;
  #ended;

  constructor(program, room, launcher, pollIntervalMs = 200) {
    const flags = ['--launcher', launcher, '--poll-interval-ms', String(pollIntervalMs), '--deadline-s', '30'];
    const child = spawn(program, [room, ...flags], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#child = child;
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    this.#ended = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code) => resolve(code));
    });
  }

  says(text) {
    this.#child.stdin.write(`${text}\n`);
  }

  async hears(text) {
    const { value } = await this.#lines.next();
    if (value !== text) throw new Error(`the terminal shows ${String(value).slice(0, 60)}, not ${text.slice(0, 60)}`);
  }

  leave() {
    this.#child.stdin.end();
  }

  /** Waits until the program has ended by itself with exit code 0. */
  async ended() {
    const code = await this.#ended;
    if (code !== 0) throw new Error(`the terminal ended with ${code}`);
  }

  /** Kills the program, so that it cannot clean up. */
  kill() {
    this.#child.kill('SIGKILL');
  }
}
