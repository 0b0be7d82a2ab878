// One meeting of the original app, in the role that it finds, with what it does carelessly (launcher behaviour §10.3): any error
// while it looks for an offer means that there is none, the role is never examined again, what it failed to store it only logs, it
// polls for ever, and it leaves its record and handles behind.
//
// It needs the packages of two other folders:
//
//   npm ci --prefix tests/safe-js --no-audit --no-fund --ignore-scripts
//   npm ci --prefix tests/node-peer --no-audit --no-fund --ignore-scripts

import { describe } from '../../node-peer/session.js';
import { drawAnswerId, pollForAnswer, publishData, readData } from '../../safe-js/app.js';

/** The offer in a room, or nothing. */
export const findOffer = (token, room) => readData(token, room).catch(() => undefined);

/** Stores a content, logs how that ended, and says whether it is stored. */
async function publish(token, item, content) {
  const what = content.payload.type;
  try {
    await publishData(token, item, content);
    console.log(`${what} published`);
    return true;
  } catch (error) {
    console.log(`${what} not published: ${error.message ?? `the launcher answered ${error.status}`}`);
    return false;
  }
}

/**
 * Exchanges session descriptions, so that the connection opens. A connection to no offer is the initiator's.
 *
 * @param {(isStored: boolean) => void} published is called once the own description is stored, or is not
 */
export async function exchange(connection, { token, room, offer, pollIntervalMs, published = () => {} }) {
  const targetId = drawAnswerId(room);
  const described = describe(connection);
  if (offer) {
    connection.signal(offer.payload);
    published(await publish(token, offer.targetId, { payload: await described, targetId }));
    return;
  }
  const payload = await described;
  // Polling does not wait for the offer to be stored: the first tick counts from here.
  publish(token, room, { payload, targetId }).then(published);
  const answer = await pollForAnswer(token, targetId, pollIntervalMs, Infinity);
  connection.signal(answer.payload);
}
