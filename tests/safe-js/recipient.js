// The original app as the second peer in a room (launcher behaviour §10.3): reads the offer, and stores
// an answer under the offer's answer id.
//
//   node recipient.js ROOM OFFER ANSWER
//
// OFFER is a file with the SDP that must arrive, ANSWER a file with the SDP to send. Prints `answer published`.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import { authorise, drawAnswerId, publishData, readData } from './app.js';
import { checkArrived } from './arrived.js';

const [room, offerFile, answerFile] = process.argv.slice(2);
const expected = { type: 'offer', sdp: readFileSync(offerFile, 'utf8') };
const answer = { type: 'answer', sdp: readFileSync(answerFile, 'utf8') };

const token = await authorise();
const offer = await readData(token, room);
checkArrived(offer, expected);
assert.ok(offer.targetId.startsWith(`${room}-`), `${offer.targetId} is not an answer id of this room`);

await publishData(token, offer.targetId, { payload: answer, targetId: drawAnswerId(room) });
console.log('answer published');
