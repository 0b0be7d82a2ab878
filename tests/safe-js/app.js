// What the original app asked of its launcher, through safe-js: its names, and how it reads and publishes (launcher
// behaviour §10.2 and §10.3). Both peers use it. Also keeps account of the handles that the app leaves behind.

import safe from 'safe-js';

const APP = {
  name: 'SAFE Signaling Demo',
  id: 'example.signaling.v1',
  version: '0.1.0',
  vendor: 'MaidSafe Ltd.',
  permissions: ['LOW_LEVEL_API'],
};
const UNVERSIONED = 500;

/** Handles that the launcher gave and that were not dropped since, as `kind number`. */
const left = new Set();

// Whoever runs a peer compares these with what lives at the launcher.
process.on('exit', () => {
  for (const handle of left) console.log(`left ${handle}`);
});

function given(kind, { handleId }) {
  left.add(`${kind} ${handleId}`);
  return handleId;
}

// safe-js makes base64(SHA-256(...)) of this, which is the name on the network.
const addressOf = (item) => btoa(`${APP.id}-${item}`);

export const authorise = async () => (await safe.auth.authorise(APP)).token;

/** A peer's own answer id, drawn once. */
export const drawAnswerId = (room) => `${room}-${Math.random()}`;

/** What is stored under an item. Rejects if there is nothing, and then leaves the data id behind, as the original did. */
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

/** Stores `{payload, targetId}` under an item. The original never dropped the handle. */
export async function publishData(token, item, { payload, targetId }) {
  const data = Buffer.from(JSON.stringify({ payload, targetId })).toString('base64');
  const record = given(
    'structuredData',
    await safe.structuredData.create(token, addressOf(item), UNVERSIONED, data),
  );
  await safe.structuredData.put(token, record);
}
