// Two peers of the original app meet in one process, say hello to each other, and leave. It knows nothing of the harness, as
// somebody's own test of their app: `harness exec -- node tests/peers/original/both.js` judges it. What to install is in meeting.js.
//
//   node both.js [--one-session]
//
// With `--one-session` the two share one session, as two pages of one app do that keep its token. safe-js calls the launcher on
// localhost:8100, whose network must be new: the original app leaves its offer in the room.

import assert from 'node:assert/strict';

import { newConnection, talk } from '../../node-peer/session.js';
import { authorise } from '../../safe-js/app.js';
import { exchange, findOffer } from './meeting.js';

const ROOM = 'original-both';
// The original app's own.
const POLL_INTERVAL_MS = 2_000;

const oneSession = process.argv.includes('--one-session');

const firstToken = await authorise();
const secondToken = oneSession ? firstToken : await authorise();

assert.ok(!(await findOffer(firstToken, ROOM)), `the room ${ROOM} was used before: start a new launcher`);
const first = newConnection(true);
const firstTalked = talk(first, 'from the first', 'from the second');
const firstHeard = new Promise((heard) => first.once('data', heard));
const isStored = await new Promise((published, failed) =>
  exchange(first, { token: firstToken, room: ROOM, pollIntervalMs: POLL_INTERVAL_MS, published }).catch(failed),
);
assert.ok(isStored, 'the launcher did not store the offer');

const offer = await findOffer(secondToken, ROOM);
assert.ok(offer, `there is no offer in ${ROOM}`);
const second = newConnection(false);
const secondTalked = talk(second, 'from the second', 'from the first');
const secondHeard = new Promise((heard) => second.once('data', heard));
await exchange(second, { token: secondToken, room: ROOM, offer });

await Promise.all([firstHeard, secondHeard]);
first.destroy();
second.destroy();
await Promise.all([firstTalked, secondTalked]);
console.log('both have left');
process.exit(0);
