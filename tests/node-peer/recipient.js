// The original app as the second peer in a room (launcher behaviour §10.3), with real WebRTC: reads the offer, and stores
// an answer under the offer's answer id.
//
//   node recipient.js ROOM SENT EXPECTED
//
// Prints `answer published`, `connected` and each message. Ends when EXPECTED has arrived and the other peer has closed.

import assert from 'node:assert/strict';

import { authorise, drawAnswerId, publishData, readData } from '../safe-js/app.js';
import { describe, newConnection, talk } from './session.js';

const [room, sent, expected] = process.argv.slice(2);

const token = await authorise();
const offer = await readData(token, room);
assert.equal(offer.payload.type, 'offer');

const connection = newConnection(false);
const talked = talk(connection, sent, expected);
const described = describe(connection);
connection.signal(offer.payload);
await publishData(token, offer.targetId, { payload: await described, targetId: drawAnswerId(room) });
console.log('answer published');
await talked;
console.log('the other peer left');
