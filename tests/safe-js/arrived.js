// What a peer insists on when something of the other peer arrives.

import assert from 'node:assert/strict';

/** What our peers say besides, behind what the original writes. The original reads none of it. */
const FURTHER = { offer: 'about', answer: 'offerHash' };

/** The stored object is of the original's form (launcher behaviour §10.2), and its SDP is, byte for byte, `sdp`. */
export function checkArrived(stored, { type, sdp }) {
  assert.deepEqual(Object.keys(stored), ['payload', 'targetId', FURTHER[type]]);
  assert.deepEqual(Object.keys(stored.payload), ['type', 'sdp']);
  assert.equal(stored.payload.type, type);
  assert.equal(typeof stored.targetId, 'string');
  assert.equal(stored.payload.sdp, sdp, `the ${type} that arrived is not the one that was sent`);
  console.log(`${type} arrived: ${sdp.length} characters, as they were sent`);
}
