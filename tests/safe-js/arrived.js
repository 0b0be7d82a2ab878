// Checks of a record that the other peer stored.

import assert from 'node:assert/strict';

/** The fields that our peers add behind the fields of the original app, which ignores them. */
const FURTHER = { offer: 'about', answer: 'offerHash' };

/** The stored object has the original's format (launcher behaviour §10.2), and its SDP is `sdp`, byte for byte. */
export function checkArrived(stored, { type, sdp }) {
  assert.deepEqual(Object.keys(stored), ['payload', 'targetId', FURTHER[type]]);
  assert.deepEqual(Object.keys(stored.payload), ['type', 'sdp']);
  assert.equal(stored.payload.type, type);
  assert.equal(typeof stored.targetId, 'string');
  assert.equal(stored.payload.sdp, sdp, `the ${type} that arrived is not the one that was sent`);
  console.log(`${type} arrived: ${sdp.length} characters, as they were sent`);
}
