// A launcher of its own for a check that stops one.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A running safe-mock with one launcher. */
export class Launcher {
  #child;

  /** Starts one; resolves when it can be called. */
  static async start(program, ...flags) {
    const launcher = new Launcher();
    const child = spawn(program, flags, { stdio: ['ignore', 'pipe', 'ignore'] });
    launcher.#child = child;
    const failed = new Promise((_, reject) => child.once('error', reject).once('exit', (code) => reject(new Error(`safe-mock ended with ${code}`))));
    failed.catch(() => {});
    const { value } = await Promise.race([createInterface({ input: child.stdout })[Symbol.asyncIterator]().next(), failed]);
    launcher.url = value.split(' ').at(-1);
    return launcher;
  }

  get port() {
    return new URL(this.url).port;
  }

  /** Stops it, and waits until it has ended. */
  async stop() {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGTERM');
    await ended;
  }
}
