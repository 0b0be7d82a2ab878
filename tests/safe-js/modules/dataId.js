// dataId: the names of records, whether they exist or not (launcher behaviour §6).

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';

import safe from 'safe-js';

import { authorised, base64, byLauncher, check, everyFunctionOf, finish, handleOf, UNVERSIONED, VERSIONED } from '../checks.js';

const { appendableData, structuredData } = safe;
const dataId = everyFunctionOf('dataId');

const token = await authorised('ids');

/** The bytes of a data id, which is dropped. */
async function bytesOf(answer) {
  const { handleId } = await answer;
  const bytes = await dataId.serialise(token, handleId);
  await dataId.dropHandle(token, handleId);
  return bytes;
}

const NAME = 'ids: a name';
const HASH = createHash('sha256').update(NAME).digest();

await check('a data id holds the hash of the name, behind the number of its kind', async () => {
  const structured = await bytesOf(dataId.getStructuredDataHandle(token, NAME));
  const open = await bytesOf(dataId.getAppendableDataHandle(token, NAME));
  const closed = await bytesOf(dataId.getAppendableDataHandle(token, NAME, true));
  const kinds = [structured, open, closed].map((bytes) => bytes.readUInt32LE(0));
  assert.deepEqual(kinds, [0, 2, 3]);
  for (const bytes of [structured, open, closed]) assert.ok(bytes.subarray(4, 36).equals(HASH));
  assert.equal(structured.readBigUInt64LE(36), 500n);
});

await check('what is no text is sent as it is: base64 is no hash, and 32 bytes are a name', async () => {
  const bytes = await bytesOf(dataId.getStructuredDataHandle(token, HASH));
  assert.deepEqual(bytes, await bytesOf(dataId.getStructuredDataHandle(token, NAME)));
  await assert.rejects(dataId.getStructuredDataHandle(token, Buffer.from('short')), byLauncher);
  await assert.rejects(dataId.getAppendableDataHandle(token, Buffer.from('short')), byLauncher);
});

await check('each type tag is another data id', async () => {
  const [unversioned, versioned] = [
    await bytesOf(dataId.getStructuredDataHandle(token, NAME, UNVERSIONED)),
    await bytesOf(dataId.getStructuredDataHandle(token, NAME, VERSIONED)),
  ];
  assert.notDeepEqual(unversioned, versioned);
});

await check('a data id survives serialise and deserialise, and leads to the record it was taken from', async () => {
  const original = await handleOf(structuredData.create(token, 'ids: stored', UNVERSIONED, base64('content')));
  await structuredData.put(token, original);
  const named = await handleOf(dataId.getStructuredDataHandle(token, 'ids: stored'));
  const found = await handleOf(structuredData.getHandle(token, named));
  const taken = await handleOf(structuredData.getDataIdHandle(token, found));
  const again = await handleOf(dataId.deserialise(token, await dataId.serialise(token, taken)));
  const same = await handleOf(structuredData.getHandle(token, again));
  assert.equal(String(await structuredData.readData(token, same)), 'content');
  for (const handle of [named, taken, again]) await dataId.dropHandle(token, handle);
  for (const handle of [original, found, same]) await structuredData.dropHandle(token, handle);
});

await check('the data id of appendable data leads to it', async () => {
  const original = await handleOf(appendableData.create(token, 'ids: appended', true));
  await appendableData.put(token, original);
  const named = await handleOf(dataId.getAppendableDataHandle(token, 'ids: appended', true));
  const { handleId, version, isOwner } = await appendableData.getHandle(token, named);
  assert.deepEqual([version, isOwner], [0, true]);
  await dataId.dropHandle(token, named);
  for (const handle of [original, handleId]) await appendableData.dropHandle(token, handle);
});

await check('bytes that are no data id are refused, and safe-js fails at that with a mistake of its own', async () => {
  // Its error path uses an undefined variable.
  await assert.rejects(dataId.deserialise(token, Buffer.from('no id')), /url is not defined/);
});

await check('without a token a data id is made, but not serialised', async () => {
  const named = await handleOf(dataId.getStructuredDataHandle(undefined, NAME));
  await assert.rejects(dataId.serialise(undefined, named), byLauncher);
  assert.equal((await dataId.dropHandle(undefined, named)).status, 200);
});

await check('a dropped handle is gone', async () => {
  const named = await handleOf(dataId.getStructuredDataHandle(token, NAME));
  await dataId.dropHandle(token, named);
  await assert.rejects(dataId.dropHandle(token, named), byLauncher);
  await assert.rejects(dataId.serialise(token, named), byLauncher);
  await assert.rejects(dataId.dropHandle(token, undefined), byLauncher);
});

await finish();
