// The original app as the first peer in a room (launcher behaviour §10.3), with real WebRTC: finds no offer, publishes its
// own, polls.
//
//   node initiator.js ROOM SENT EXPECTED [INTERVAL_MS]
//
// Says `offer published`, `connected`, and what arrives. Ends once EXPECTED has arrived and the other peer has left.

import assert from 'node:assert/strict';

import { authorise, drawAnswerId, publishData, readData } from '../safe-js/app.js';
import { PATIENCE_MS, describe, newConnection, talk } from './session.js';

const [room, sent, expected, interval = '2000'] = process.argv.slice(2);
const answerId = drawAnswerId(room);

const token = await authorise();
await assert.rejects(readData(token, room), /status 404 /, 'the room is not empty');

const connection = newConnection(true);
const talked = talk(connection, sent, expected);
const payload = await describe(connection);

// Publishing is not awaited: the poller starts at the same moment.
const published = publishData(token, room, { payload, targetId: answerId }).then(() => console.log('offer published'));

const answer = await new Promise((resolve, reject) => {
  // Ticks do not wait for each other.
  const poller = setInterval(() => {
    readData(token, answerId).then(
      (stored) => {
        clearInterval(poller);
        clearTimeout(patience);
        resolve(stored);
      },
      () => console.log('no answer yet'),
    );
  }, Number(interval));
  const patience = setTimeout(() => {
    clearInterval(poller);
    reject(new Error(`no answer within ${PATIENCE_MS} ms`));
  }, PATIENCE_MS);
});

await published;
assert.equal(answer.payload.type, 'answer');
connection.signal(answer.payload);
await talked;
console.log('the other peer left');
