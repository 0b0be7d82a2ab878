// structuredData: the life of a record, its versions, and its serialised form (launcher behaviour §7).

import assert from 'node:assert/strict';

import safe from 'safe-js';

import {
  authorised, base64, byLauncher, check, everyFunctionOf, finish, handleOf, UNVERSIONED, VERSIONED, withStatus,
} from '../checks.js';

const { dataId } = safe;
const structuredData = everyFunctionOf('structuredData');

const token = await authorised('structured');

const read = async (of, handle, version) => String(await structuredData.readData(of, handle, version));

const NAME = 'structured: a record';
let record; // The handle of its creation.
let named; // Its data id.

await check('create gives a handle whose content can be read before it is saved', async () => {
  record = await handleOf(structuredData.create(token, NAME, UNVERSIONED, base64('first')));
  assert.equal(typeof record, 'number');
  assert.equal(await read(token, record), 'first');
  assert.deepEqual(await structuredData.isSizeValid(token, record), { isValid: true });
});

await check('a record is not found before it is saved', async () => {
  named = await handleOf(dataId.getStructuredDataHandle(token, NAME));
  await assert.rejects(structuredData.getHandle(token, named), withStatus(404));
});

await check('what was never saved cannot be updated or deleted', async () => {
  await assert.rejects(structuredData.post(token, record), byLauncher);
  await assert.rejects(structuredData.del(token, record), byLauncher);
});

await check('put saves it', async () => {
  assert.equal((await structuredData.put(token, record)).status, 200);
});

await check('put of a taken name is refused, with the same handle and with another', async () => {
  await assert.rejects(structuredData.put(token, record), byLauncher);
  const rival = await handleOf(structuredData.create(token, NAME, UNVERSIONED, base64('rival')));
  await assert.rejects(structuredData.put(token, rival), byLauncher);
  await structuredData.dropHandle(token, rival);
});

await check('it is found by its data id, with its metadata and content', async () => {
  const { handleId, ...metadata } = await structuredData.getHandle(token, named);
  assert.deepEqual(metadata, { isOwner: true, version: 0 });
  assert.deepEqual(await structuredData.getMetadata(token, handleId), metadata);
  assert.equal(await read(token, handleId), 'first');
  await structuredData.dropHandle(token, handleId);
});

await check('reading gives a Buffer of exactly the bytes, whatever they are', async () => {
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
  const binary = await handleOf(structuredData.create(token, 'structured: bytes', UNVERSIONED, bytes.toString('base64')));
  const found = await structuredData.readData(token, binary);
  assert.ok(Buffer.isBuffer(found));
  assert.deepEqual(found, bytes);
  await structuredData.dropHandle(token, binary);
});

await check('empty content is content', async () => {
  const empty = await handleOf(structuredData.create(token, 'structured: empty', UNVERSIONED));
  assert.equal(await read(token, empty), '');
  await structuredData.dropHandle(token, empty);
});

await check('without a token it can be read, but not created, updated or saved', async () => {
  const stranger = await handleOf(dataId.getStructuredDataHandle(undefined, NAME));
  const { handleId, isOwner } = await structuredData.getHandle(undefined, stranger);
  assert.equal(isOwner, false);
  assert.equal(await read(undefined, handleId), 'first');
  await assert.rejects(structuredData.create(undefined, 'structured: nobody', UNVERSIONED, base64('x')), byLauncher);
  await assert.rejects(structuredData.updateData(undefined, handleId, base64('x')), byLauncher);
  await assert.rejects(structuredData.post(undefined, handleId), byLauncher);
  await structuredData.dropHandle(undefined, handleId);
  await dataId.dropHandle(undefined, stranger);
});

await check('updateData changes the handle alone, and post the network too', async () => {
  const before = await handleOf(structuredData.getHandle(token, named));
  await structuredData.updateData(token, record, base64('second'));
  const between = await structuredData.getHandle(token, named);
  assert.deepEqual([between.version, await read(token, between.handleId)], [0, 'first']);

  await structuredData.post(token, record);
  const after = await structuredData.getHandle(token, named);
  assert.deepEqual([after.version, await read(token, after.handleId)], [1, 'second']);
  assert.equal((await structuredData.getMetadata(token, record)).version, 1);

  // A handle is a snapshot. A snapshot of an old version cannot overwrite the record.
  assert.equal(await read(token, before), 'first');
  await assert.rejects(structuredData.post(token, before), byLauncher);
  for (const handle of [before, between.handleId, after.handleId]) await structuredData.dropHandle(token, handle);
});

await check('del leaves a tombstone: no content, no owner, and no new claim without a version', async () => {
  await structuredData.del(token, record);
  await assert.rejects(structuredData.readData(token, record), withStatus(400));
  await assert.rejects(structuredData.del(token, record), byLauncher);
  const { handleId, ...metadata } = await structuredData.getHandle(token, named);
  assert.deepEqual(metadata, { isOwner: false, version: 2 });
  // safe-js cannot send the version that a claim needs.
  const claim = await handleOf(structuredData.create(token, NAME, UNVERSIONED, base64('third')));
  await assert.rejects(structuredData.put(token, claim), byLauncher);
  for (const handle of [handleId, claim]) await structuredData.dropHandle(token, handle);
});

await check('a dropped handle is gone, and its number is nothing', async () => {
  await structuredData.dropHandle(token, record);
  await assert.rejects(structuredData.getMetadata(token, record), byLauncher);
  await assert.rejects(structuredData.dropHandle(token, record), byLauncher);
  await dataId.dropHandle(token, named);
  await assert.rejects(structuredData.getHandle(token, named), withStatus(400));
  await assert.rejects(dataId.dropHandle(token, named), byLauncher);
});

await check('an unclaimable record has no owner, and its name stays taken', async () => {
  const lost = await handleOf(structuredData.create(token, 'structured: lost', UNVERSIONED, base64('x')));
  await structuredData.put(token, lost);
  await structuredData.makeUnclaimable(token, lost);
  assert.deepEqual(await structuredData.getMetadata(token, lost), { isOwner: false, version: 1 });
  await assert.rejects(structuredData.put(token, lost), byLauncher);
  await structuredData.dropHandle(token, lost);
});

await check('structured data survives serialise and deserialise', async () => {
  const original = await handleOf(structuredData.create(token, 'structured: wrapped', UNVERSIONED, base64('content')));
  await structuredData.put(token, original);
  const bytes = await structuredData.serialise(token, original);
  assert.ok(Buffer.isBuffer(bytes) && bytes.length > 0);
  const { handleId, ...metadata } = await structuredData.deserialise(token, bytes);
  assert.notEqual(handleId, original);
  assert.deepEqual(metadata, { isOwner: true, version: 0 });
  assert.equal(await read(token, handleId), 'content');
  await assert.rejects(structuredData.deserialise(token, Buffer.from('no record')), byLauncher);
  for (const handle of [original, handleId]) await structuredData.dropHandle(token, handle);
});

await check('type 501 keeps each version of its content', async () => {
  const versioned = await handleOf(structuredData.create(token, 'structured: diary', VERSIONED, base64('monday')));
  await structuredData.put(token, versioned);
  await structuredData.updateData(token, versioned, base64('tuesday'));
  await structuredData.post(token, versioned);
  assert.deepEqual(await structuredData.getMetadata(token, versioned), {
    isOwner: true,
    version: 1,
    dataVersionLength: 2,
  });
  assert.equal(await read(token, versioned, 0), 'monday');
  assert.equal(await read(token, versioned, 1), 'tuesday');
  assert.equal(await read(token, versioned), 'tuesday');
  await assert.rejects(structuredData.readData(token, versioned, 2), withStatus(400));
  await structuredData.dropHandle(token, versioned);
});

await check('the data id of a record is that of its name', async () => {
  const record = await handleOf(structuredData.create(token, 'structured: id', UNVERSIONED, base64('x')));
  const ids = [
    await handleOf(structuredData.getDataIdHandle(token, record)),
    await handleOf(dataId.getStructuredDataHandle(token, 'structured: id')),
  ];
  const [taken, named] = await Promise.all(ids.map((id) => dataId.serialise(token, id)));
  assert.deepEqual(taken, named);
  for (const id of ids) await dataId.dropHandle(token, id);
  await structuredData.dropHandle(token, record);
});

await check('only an app with LOW_LEVEL_API creates', async () => {
  const weak = await authorised('structured.weak', []);
  await assert.rejects(structuredData.create(weak, 'structured: weak', UNVERSIONED, base64('x')), byLauncher);
});

await finish();
