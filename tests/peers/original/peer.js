// The original app as a peer program of the harness (docs/peers.md). What to install is in meeting.js.
//
// safe-js always calls localhost:8100. The harness loads harness/preload/safe-launcher-url.cjs, which leads it to the launcher of
// the environment; to start this program by hand, load it too, or have a launcher on that port.
//
// SIGNALING_DEADLINE_MS is ignored: the original app never times out.

import { createInterface } from 'node:readline';

import { newConnection } from '../../node-peer/session.js';
import { authorise } from '../../safe-js/app.js';
import { exchange, findOffer } from './meeting.js';

const room = process.env.SIGNALING_ROOM;
const pollIntervalMs = Number(process.env.SIGNALING_POLL_INTERVAL_MS ?? 2_000);
const config = JSON.parse(process.env.SIGNALING_ICE_SERVERS ?? '{"iceServers":[]}');
const firstText = process.env.SIGNALING_SEND;

/** One event, as one line of stdout. */
const tell = (event, fields) => console.log(JSON.stringify({ event, ...fields }));

/** Ends the process once its output is written. */
const end = (code) => process.stdout.write('', () => process.exit(code));

/** Turns what happens to a connection into events, and ends the process with the connection. */
function report(connection, role) {
  let failure;
  const connected = new Promise((resolve) => connection.once('connect', resolve)).then(() => {
    failure = undefined;
    tell('connected', { role });
    if (firstText !== undefined) connection.send(firstText);
    return true;
  });
  // simple-peer may emit `data` before `connect`.
  connection.on('data', (data) => connected.then(() => tell('message', { text: String(data) })));
  connection.on('error', (error) => (failure = error));
  connection.on('close', async () => {
    const wasConnected = await Promise.race([connected, false]);
    if (wasConnected) tell('closed');
    else if (failure) tell('failed', { reason: failure.message });
    end(wasConnected || !failure ? 0 : 1);
  });
}

let connection;

async function meet() {
  const token = await authorise();
  const offer = await findOffer(token, room);
  connection = newConnection(!offer, config);
  report(connection, offer ? 'recipient' : 'initiator');
  await exchange(connection, { token, room, offer, pollIntervalMs });
}

function leave() {
  if (connection) connection.destroy();
  else end(0);
}

const commands = createInterface({ input: process.stdin });
commands.on('line', (line) => line.trim() === 'close' && leave());
commands.on('close', leave);

// The original app shows no error to its user, and stays as it is.
meet().catch((error) => console.log(`the meeting does not go on: ${error.message ?? `the launcher answered ${error.status}`}`));
