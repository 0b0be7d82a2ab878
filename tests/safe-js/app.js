// The requests of the original app to its launcher, through safe-js: its names, and how it reads, polls and publishes
// (launcher behaviour §10.2 and §10.3). Both peers use them. Also counts the handles that the app does not drop.

import safe from 'safe-js';

const APP = {
  name: 'SAFE Signaling Demo',
  id: 'example.signaling.v1',
  version: '0.1.0',
  vendor: 'MaidSafe Ltd.',
  permissions: ['LOW_LEVEL_API'],
};
const UNVERSIONED = 500;

/** Handles that the launcher returned and the app has not dropped, as `kind number`. */
const left = new Set();

// The test compares these lines with the live handles at the launcher.
process.on('exit', () => {
  for (const handle of left) console.log(`left ${handle}`);
});

function given(kind, { handleId }) {
  left.add(`${kind} ${handleId}`);
  return handleId;
}

// safe-js computes base64(SHA-256(...)) of this text: the name on the network.
const addressOf = (item) => btoa(`${APP.id}-${item}`);

export const authorise = async () => (await safe.auth.authorise(APP)).token;

/** A random answer id for one visit. */
export const drawAnswerId = (room) => `${room}-${Math.random()}`;

/** The content stored under an item. Rejects if nothing is stored; the data id then stays undropped, as in the original app. */
export async function readData(token, item) {
  const named = given('dataId', await safe.dataId.getStructuredDataHandle(token, addressOf(item), UNVERSIONED));
  const record = given('structuredData', await safe.structuredData.getHandle(token, named));
  await safe.dataId.dropHandle(token, named);
  left.delete(`dataId ${named}`);
  const content = await safe.structuredData.readData(token, record);
  // Not awaited.
  safe.structuredData.dropHandle(token, record).then(() => left.delete(`structuredData ${record}`));
  return JSON.parse(content.toString());
}

/** How long a peer waits for an answer, in milliseconds. The original app waits for ever. */
const ANSWER_WAIT_MS = 60_000;

/** Polls for an answer, for ever if the wait is `Infinity`. Ticks do not wait for each other, as in the original app. */
export const pollForAnswer = (token, answerId, intervalMs, waitMs = ANSWER_WAIT_MS) =>
  new Promise((resolve, reject) => {
    const poller = setInterval(() => {
      readData(token, answerId).then(
        (stored) => {
          clearInterval(poller);
          clearTimeout(deadline);
          resolve(stored);
        },
        () => console.log('no answer yet'),
      );
    }, intervalMs);
    const giveUp = () => {
      clearInterval(poller);
      reject(new Error(`no answer within ${waitMs} ms`));
    };
    const deadline = waitMs === Infinity ? undefined : setTimeout(giveUp, waitMs);
  });

/** Stores `{payload, targetId}` under an item. The original app never dropped the handle. */
export async function publishData(token, item, { payload, targetId }) {
  const data = Buffer.from(JSON.stringify({ payload, targetId })).toString('base64');
  const record = given(
    'structuredData',
    await safe.structuredData.create(token, addressOf(item), UNVERSIONED, data),
  );
  await safe.structuredData.put(token, record);
}
