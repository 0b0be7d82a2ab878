// The original app as the first peer in a room (launcher behaviour §10.3), with real WebRTC: reads no offer, publishes an
// offer, polls.
//
//   node initiator.js ROOM SENT EXPECTED [INTERVAL_MS]
//
// Prints `offer published`, `connected` and each message. Ends when EXPECTED has arrived and the other peer has closed.

import assert from 'node:assert/strict';

import { authorise, drawAnswerId, pollForAnswer, publishData, readData } from '../safe-js/app.js';
import { describe, newConnection, talk } from './session.js';

const [room, sent, expected, interval = '2000'] = process.argv.slice(2);
const answerId = drawAnswerId(room);

const token = await authorise();
await assert.rejects(readData(token, room), /status 404 /, 'the room is not empty');

const connection = newConnection(true);
const talked = talk(connection, sent, expected);
const payload = await describe(connection);

const published = publishData(token, room, { payload, targetId: answerId }).then(() => console.log('offer published'));

// The original app does not wait for the offer to be stored: the first tick counts from here.
const answer = await pollForAnswer(token, answerId, Number(interval));

await published;
assert.equal(answer.payload.type, 'answer');
connection.signal(answer.payload);
await talked;
console.log('the other peer left');
