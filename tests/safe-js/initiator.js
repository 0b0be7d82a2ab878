// The original app as the first peer in a room (launcher behaviour §10.3): reads no offer, publishes an offer, polls.
//
//   node initiator.js ROOM OFFER ANSWER [INTERVAL_MS]
//
// OFFER is a file with the SDP to send, ANSWER a file with the SDP that must arrive. Prints `offer published` and, at each
// empty poll, `no answer yet`.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import { authorise, drawAnswerId, pollForAnswer, publishData, readData } from './app.js';
import { checkArrived } from './arrived.js';

const [room, offerFile, answerFile, interval = '2000'] = process.argv.slice(2);
const offer = { type: 'offer', sdp: readFileSync(offerFile, 'utf8') };
const expected = { type: 'answer', sdp: readFileSync(answerFile, 'utf8') };
const answerId = drawAnswerId(room);

const token = await authorise();
// safe-js hides the status from the app. This test needs an empty room.
await assert.rejects(readData(token, room), /status 404 /, 'the room is not empty');

const published = publishData(token, room, { payload: offer, targetId: answerId }).then(
  () => console.log('offer published'),
  (cause) => {
    throw new Error('the launcher did not store the offer', { cause });
  },
);

// The original app does not wait for the offer to be stored: the first tick counts from here.
const answer = await pollForAnswer(token, answerId, Number(interval));

await published;
checkArrived(answer, expected);
assert.ok(answer.targetId.startsWith(`${room}-`), `${answer.targetId} is not an answer id of this room`);
