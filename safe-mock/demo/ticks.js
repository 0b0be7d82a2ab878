// When an initiator polls: at each multiple of the interval since its offer was stored. Ticks during a poll are skipped, and
// not made up for. Pure: each call takes the time.

/** The shortest interval, whatever the address of the page says. */
export const MIN_INTERVAL_MS = 10;

export class Ticks {
  #intervalMs;
  #startMs;
  #tick = 0;

  constructor(intervalMs, startMs) {
    this.#intervalMs = Math.max(intervalMs, MIN_INTERVAL_MS);
    this.#startMs = startMs;
  }

  /** Goes to the next tick; returns how long it is until then. */
  wait(nowMs) {
    const passed = Math.ceil((nowMs - this.#startMs) / this.#intervalMs);
    this.#tick = Math.max(this.#tick + 1, passed);
    return Math.max(0, this.#startMs + this.#tick * this.#intervalMs - nowMs);
  }
}
