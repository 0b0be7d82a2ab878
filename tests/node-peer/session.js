// One meeting of the original app (launcher behaviour §10.3), with a data channel in place of a call: simple-peer, trickle
// off, so that there is one description each way.

import wrtc from '@roamhq/wrtc';
import SimplePeer from 'simple-peer';

/** How long a meeting may take, in milliseconds. */
const PATIENCE_MS = 60_000;

/** A new connection. Without `iceServers`, simple-peer would use public STUN servers. */
export const newConnection = (initiator, config = { iceServers: [] }) =>
  new SimplePeer({ initiator, trickle: false, config, wrtc });

/** The session description of a connection. */
export const describe = (connection) =>
  new Promise((resolve, reject) => {
    connection.once('signal', resolve);
    connection.once('error', reject);
  });

/** Sends `sent` when the channel is open. Resolves when `expected` has arrived and the other peer has closed. */
export function talk(connection, sent, expected) {
  return new Promise((resolve, reject) => {
    let arrived = false;
    const patience = setTimeout(() => {
      reject(new Error(arrived ? 'the other peer did not leave' : `${expected} did not arrive`));
      connection.destroy();
    }, PATIENCE_MS);
    // simple-peer may emit `data` before `connect`.
    connection.on('data', (data) => {
      console.log(`received ${data}`);
      arrived ||= String(data) === expected;
    });
    connection.on('connect', () => {
      console.log('connected');
      connection.send(sent);
    });
    connection.on('error', (error) => {
      // When the other peer closes, simple-peer emits this error and then `close`.
      if (error.code !== 'ERR_DATA_CHANNEL') reject(error);
    });
    connection.on('close', () => {
      clearTimeout(patience);
      if (arrived) resolve();
      else reject(new Error(`the other peer left before ${expected} arrived`));
    });
  });
}
