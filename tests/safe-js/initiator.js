// The original app as the first peer in a room (launcher behaviour §10.3): finds no offer, publishes its own, polls.
//
//   node initiator.js ROOM OFFER ANSWER [INTERVAL_MS]
//
// OFFER is a file with the SDP to send, ANSWER one with the SDP that must arrive. Says `offer published` and, at each
// poll in vain, `no answer yet`.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import { authorise, drawAnswerId, publishData, readData } from './app.js';
import { checkArrived } from './arrived.js';

const PATIENCE_MS = 60_000;

const [room, offerFile, answerFile, interval = '2000'] = process.argv.slice(2);
const offer = { type: 'offer', sdp: readFileSync(offerFile, 'utf8') };
const expected = { type: 'answer', sdp: readFileSync(answerFile, 'utf8') };
const answerId = drawAnswerId(room);

const token = await authorise();
// safe-js hides the status from the app. Here nothing but an empty room will do.
await assert.rejects(readData(token, room), /status 404 /, 'the room is not empty');

const published = publishData(token, room, { payload: offer, targetId: answerId }).then(
  () => console.log('offer published'),
  (cause) => {
    throw new Error('the launcher did not take the offer', { cause });
  },
);

const answer = await new Promise((resolve, reject) => {
  // Ticks do not wait for each other, nor the first for the offer to be stored.
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
checkArrived(answer, expected);
assert.ok(answer.targetId.startsWith(`${room}-`), `${answer.targetId} is no answer id of this room`);
