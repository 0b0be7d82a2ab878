// Every call of safe-js that the launcher implements, in the order in which an app needs them, with the expected answers.
// Drops every handle. Needs a new launcher on localhost:8100, since the record names are fixed.

import assert from 'node:assert/strict';

import safe from 'safe-js';

const { auth, cipherOpts, dataId, structuredData } = safe;

const APP = { name: 'safe-js', id: 'tests.safe-js', version: '0.3.3', vendor: 'tests', permissions: ['LOW_LEVEL_API'] };
const UNVERSIONED = 500;
const VERSIONED = 501;

let passed = 0;
let failed = 0;

async function check(claim, body) {
  try {
    await body();
    passed += 1;
    console.log(`ok    ${claim}`);
  } catch (error) {
    failed += 1;
    process.exitCode = 1;
    console.log(`FAIL  ${claim}`);
    // On some routes safe-js rejects with the response itself.
    console.log(error instanceof Error ? error.stack : `rejected with ${error?.status ?? error}`);
  }
}

// The errors of safe-js mostly hide the reason: `new Error({...})` reads "[object Object]" (launcher behaviour §10.1).
// A failed assertion or a mistake in this file is a different error.
const byLauncher = (error) => error?.message === '[object Object]';
const withStatus = (status) => (error) => error?.status === status || error?.message?.includes(`status ${status} `);

const base64 = (text) => Buffer.from(text).toString('base64');
const handleOf = async (answer) => (await answer).handleId;
const read = async (token, handle, version) => String(await structuredData.readData(token, handle, version));

let token;
let otherToken;

// 1. Authorisation (launcher behaviour §3).

await check('authorise gives a token and the permissions that were asked for', async () => {
  const answer = await auth.authorise(APP);
  assert.deepEqual(Object.keys(answer), ['token', 'permissions']);
  assert.deepEqual(answer.permissions, ['LOW_LEVEL_API']);
  token = answer.token;
});

await check('the token is valid, and a changed one is not', async () => {
  assert.equal(await auth.isTokenValid(token), true);
  assert.equal(await auth.isTokenValid(`${token}x`), false);
  assert.equal(await auth.isTokenValid(undefined), false);
});

await check('an app without a name, or with an unknown permission, is refused', async () => {
  await assert.rejects(auth.authorise({ ...APP, name: '' }), byLauncher);
  await assert.rejects(auth.authorise({ ...APP, permissions: ['ALL'] }), byLauncher);
});

await check('another app gets another token', async () => {
  otherToken = (await auth.authorise({ ...APP, id: 'tests.other' })).token;
  assert.notEqual(otherToken, token);
});

await check('an app without LOW_LEVEL_API cannot create', async () => {
  const { token: weak } = await auth.authorise({ ...APP, permissions: [] });
  await assert.rejects(structuredData.create(weak, 'weak', UNVERSIONED, base64('x')), byLauncher);
});

// 2. The life of a record (§7).

const NAME = 'a record';
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
  const binary = await handleOf(structuredData.create(token, 'bytes', UNVERSIONED, bytes.toString('base64')));
  const found = await structuredData.readData(token, binary);
  assert.ok(Buffer.isBuffer(found));
  assert.deepEqual(found, bytes);
  await structuredData.dropHandle(token, binary);
});

await check('empty content is content', async () => {
  const empty = await handleOf(structuredData.create(token, 'empty', UNVERSIONED));
  assert.equal(await read(token, empty), '');
  await structuredData.dropHandle(token, empty);
});

await check('without a token it can be read, but not created, updated or saved', async () => {
  const stranger = await handleOf(dataId.getStructuredDataHandle(undefined, NAME));
  const { handleId, isOwner } = await structuredData.getHandle(undefined, stranger);
  assert.equal(isOwner, false);
  assert.equal(await read(undefined, handleId), 'first');
  await assert.rejects(structuredData.create(undefined, 'nobody', UNVERSIONED, base64('x')), byLauncher);
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
  const lost = await handleOf(structuredData.create(token, 'lost', UNVERSIONED, base64('x')));
  await structuredData.put(token, lost);
  await structuredData.makeUnclaimable(token, lost);
  assert.deepEqual(await structuredData.getMetadata(token, lost), { isOwner: false, version: 1 });
  await assert.rejects(structuredData.put(token, lost), byLauncher);
  await structuredData.dropHandle(token, lost);
});

// 3. Serialised forms (§6.3, §6.4, §7.8, §7.9).

await check('structured data survives serialise and deserialise', async () => {
  const original = await handleOf(structuredData.create(token, 'wrapped', UNVERSIONED, base64('content')));
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

await check('a data id survives serialise and deserialise, and leads to the record it was taken from', async () => {
  const named = await handleOf(dataId.getStructuredDataHandle(token, 'wrapped'));
  const found = await handleOf(structuredData.getHandle(token, named));
  const taken = await handleOf(structuredData.getDataIdHandle(token, found));
  const again = await handleOf(dataId.deserialise(token, await dataId.serialise(token, taken)));
  const same = await handleOf(structuredData.getHandle(token, again));
  assert.equal(await read(token, same), 'content');
  // safe-js fails here with a ReferenceError: its error path uses an undefined variable.
  await assert.rejects(dataId.deserialise(token, Buffer.from('no id')), /url is not defined/);
  for (const handle of [named, taken, again]) await dataId.dropHandle(token, handle);
  for (const handle of [found, same]) await structuredData.dropHandle(token, handle);
});

// 4. Versioned content (§7.1, §7.11).

await check('type 501 keeps each version of its content', async () => {
  const versioned = await handleOf(structuredData.create(token, 'diary', VERSIONED, base64('monday')));
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

// 5. Encryption (§8).

await check('what is sealed with the app\'s key opens for that app alone', async () => {
  const seal = await handleOf(cipherOpts.getHandle(token, cipherOpts.ENCRYPTION_TYPE.SYMMETRIC));
  const sealed = await handleOf(structuredData.create(token, 'sealed', UNVERSIONED, base64('secret'), seal));
  assert.equal(await read(token, sealed), 'secret');
  await assert.rejects(structuredData.readData(otherToken, sealed), withStatus(400));
  await assert.rejects(structuredData.readData(undefined, sealed), withStatus(400));
  await structuredData.dropHandle(token, sealed);
  await cipherOpts.dropHandle(token, seal);
  await assert.rejects(structuredData.create(token, 'sealed', UNVERSIONED, base64('secret'), seal), byLauncher);
});

await check('plain needs no key, and asymmetric needs one that exists', async () => {
  const plain = await handleOf(cipherOpts.getHandle(token, cipherOpts.ENCRYPTION_TYPE.PLAIN));
  const open = await handleOf(structuredData.create(token, 'open', UNVERSIONED, base64('for all'), plain));
  assert.equal(await read(undefined, open), 'for all');
  await assert.rejects(cipherOpts.getHandle(token, cipherOpts.ENCRYPTION_TYPE.ASYMMETRIC), withStatus(400));
  await assert.rejects(cipherOpts.getHandle(token, cipherOpts.ENCRYPTION_TYPE.ASYMMETRIC, 999), withStatus(400));
  await structuredData.dropHandle(token, open);
  await cipherOpts.dropHandle(token, plain);
});

console.log(`${passed} passed, ${failed} failed`);
