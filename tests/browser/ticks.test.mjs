// When the demo page polls: the same as the polls of the crate `signaling`. Run: node --test ticks.test.mjs

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { MIN_INTERVAL_MS, Ticks } from '../../safe-mock/demo/ticks.js';

const INTERVAL_MS = 2_000;

/** When polls start after the offer, if each takes as long as `takes` says. */
function starts(takes, intervalMs = INTERVAL_MS) {
  const ticks = new Ticks(intervalMs, 0);
  let now = 0;
  return takes.map((ms) => {
    const start = now + ticks.wait(now);
    now = start + ms;
    return start;
  });
}

test('the first poll is one interval after the offer', () => {
  assert.deepEqual(starts([0]), [2_000]);
});

test('quick polls are one interval apart', () => {
  assert.deepEqual(starts([0, 3, 1_999, 0]), [2_000, 4_000, 6_000, 8_000]);
});

test('a slow poll skips the ticks that it missed, and keeps the beat', () => {
  assert.deepEqual(starts([0, 5_100, 0, 0]), [2_000, 4_000, 10_000, 12_000]);
});

test('a poll as long as the interval is followed by the next', () => {
  assert.deepEqual(starts([2_000, 2_000, 0]), [2_000, 4_000, 6_000]);
});

test('an interval of zero is no hot loop', () => {
  assert.deepEqual(starts([0, 0, 0], 0), [1, 2, 3].map((tick) => tick * MIN_INTERVAL_MS));
});
