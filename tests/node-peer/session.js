// One meeting of the original app (launcher behaviour §10.3), with a data channel in place of a call: simple-peer, trickle
// off, so that there is one description each way.

import wrtc from '@roamhq/wrtc';
import SimplePeer from 'simple-peer';

/** How long one of these programs may take, in milliseconds. */
export const PATIENCE_MS = 60_000;

/** A connection in the making, as initiator or not. Left alone, simple-peer would ask public STUN servers. */
export const newConnection = (initiator) =>
  new SimplePeer({ initiator, trickle: false, config: { iceServers: [] }, wrtc });

/** The one description that a connection makes. */
export const describe = (connection) =>
  new Promise((resolve, reject) => {
    connection.once('signal', resolve);
    connection.once('error', reject);
  });

/** Sends `sent` once the channel is open; done when `expected` has arrived and the other peer has left. */
export function talk(connection, sent, expected) {
  return new Promise((resolve, reject) => {
    let arrived = false;
    const patience = setTimeout(() => {
      reject(new Error(arrived ? 'the other peer did not leave' : `${expected} did not arrive`));
      connection.destroy();
    }, PATIENCE_MS);
    // Data may come before the connection is said to be open.
    connection.on('data', (data) => {
      console.log(`received ${data}`);
      arrived ||= String(data) === expected;
    });
    connection.on('connect', () => {
      console.log('connected');
      connection.send(sent);
    });
    connection.on('error', (error) => {
      // simple-peer takes the other side's leaving for an error of the channel, and says `close` next.
      if (error.code !== 'ERR_DATA_CHANNEL') reject(error);
    });
    connection.on('close', () => {
      clearTimeout(patience);
      if (arrived) resolve();
      else reject(new Error(`the other peer left before ${expected} arrived`));
    });
  });
}
