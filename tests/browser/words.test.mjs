// The words of the window. Run: node --test words.test.mjs

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { length } from '../../safe-mock/window/dom.js';

test('lengths are rounded as in the sentences of the launcher', () => {
  // The same table is in safe-mock/src/rooms/amounts.rs.
  for (const [ms, expected] of [
    [0, '0.0 s'],
    [49, '0.0 s'],
    [50, '0.1 s'],
    [9_949, '9.9 s'],
    [9_950, '10 s'],
    [11_499, '11 s'],
    [11_500, '12 s'],
    [119_499, '119 s'],
    [119_500, '2 min'],
    [150_000, '3 min'],
    [7_169_499, '119 min'],
    [7_169_500, '2 h'],
    [9_000_000, '3 h'],
  ]) {
    assert.equal(length(ms), expected, `${ms}`);
  }
});
