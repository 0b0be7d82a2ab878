// appendableData: public and private records to which others append, and the filter of who may.

import assert from 'node:assert/strict';

import safe from 'safe-js';

import { authorised, byLauncher, check, everyFunctionOf, finish, handleOf, plain, withStatus } from '../checks.js';

const { dataId, signKey } = safe;
const appendableData = everyFunctionOf('appendableData');

const token = await authorised('appendable');
const otherToken = await authorised('appendable.other');

/** The data id of a record that need not exist. */
const idOf = (name) => handleOf(dataId.getStructuredDataHandle(token, `appendable: ${name}`));
const named = (name, isPrivate) => handleOf(dataId.getAppendableDataHandle(token, `appendable: ${name}`, isPrivate));

/** The bytes of a data id, which is dropped. */
async function bytesOf(handle, of = token) {
  const { handleId } = await handle;
  const bytes = await dataId.serialise(of, handleId);
  await dataId.dropHandle(of, handleId);
  return bytes.toString('hex');
}

async function append(record, name, of = token) {
  const id = await idOf(name);
  try {
    assert.equal((await appendableData.append(of, record, id)).status, 200);
  } finally {
    await dataId.dropHandle(token, id);
  }
}

/** Creates and saves a record. Gives a handle and the handle of its data id. */
async function saved(name, isPrivate) {
  const record = await handleOf(appendableData.create(token, `appendable: ${name}`, isPrivate));
  await appendableData.put(token, record);
  return { record, id: await named(name, isPrivate) };
}

/** What a record on the network holds now. */
async function lengths(id) {
  const { handleId, version, dataLength, deletedDataLength } = await appendableData.getHandle(token, id);
  await appendableData.dropHandle(token, handleId);
  return [version, dataLength, deletedDataLength];
}

/** Does something with a fresh copy of a record. */
async function fetched(id, body) {
  const record = await handleOf(appendableData.getHandle(token, id));
  await body(record);
  await appendableData.dropHandle(token, record);
}

async function drop({ record, id }) {
  await appendableData.dropHandle(token, record);
  await dataId.dropHandle(token, id);
}

const EMPTY = { isOwner: true, version: 0, filterType: 'BlackList', dataLength: 0, deletedDataLength: 0 };

await check('create makes a record that is local until put', async () => {
  const record = await handleOf(appendableData.create(token, 'appendable: new', false));
  assert.deepEqual(await appendableData.getMetadata(token, record), { ...EMPTY, filterLength: 0 });
  const id = await named('new');
  await assert.rejects(appendableData.getHandle(token, id), byLauncher);
  await assert.rejects(append(record, 'too early'), withStatus(404));
  await assert.rejects(appendableData.post(token, record), byLauncher);
  assert.equal((await appendableData.put(token, record)).status, 200);
  const { handleId, ...found } = await appendableData.getHandle(token, id);
  assert.deepEqual(found, EMPTY);
  await appendableData.dropHandle(token, handleId);
  await assert.rejects(appendableData.put(token, record), byLauncher);
  await drop({ record, id });
});

await check('a name, its data id, and the data id of the record are the same', async () => {
  const { record, id } = await saved('same', false);
  const own = await bytesOf(appendableData.getDataIdHandle(token, record));
  assert.equal(own, (await dataId.serialise(token, id)).toString('hex'));
  await drop({ record, id });
});

await check('append is seen by a fresh copy only, and once for each public item', async () => {
  const { record, id } = await saved('public', false);
  await append(record, 'one');
  await append(record, 'two');
  await assert.rejects(append(record, 'one'), withStatus(400));
  assert.equal((await appendableData.getMetadata(token, record)).dataLength, 0);
  assert.deepEqual(await lengths(id), [0, 2, 0]);
  await drop({ record, id });
});

await check('the items are those that were appended, in the order of their names, and read without a token', async () => {
  const { record, id } = await saved('order', false);
  const expected = [];
  for (const name of ['c', 'a', 'b']) {
    await append(record, name);
    expected.push(await bytesOf({ handleId: await idOf(name) }));
  }
  await fetched(id, async (fresh) => {
    const found = [];
    for (const index of [0, 1, 2]) {
      found.push(await bytesOf(appendableData.getDataIdAt(undefined, fresh, index)));
    }
    assert.deepEqual(found, expected.sort());
    await assert.rejects(appendableData.getDataIdAt(token, fresh, 3), withStatus(400));
    await assert.rejects(appendableData.getDataIdAt(token, fresh, 'first'), withStatus(400));
    const { isOwner, dataLength } = await appendableData.getMetadata(undefined, fresh);
    assert.deepEqual([isOwner, dataLength], [false, 3]);
  });
  await drop({ record, id });
});

await check('removeAt and clearAll move items to the deleted ones, and clear those, each with a post', async () => {
  const { record, id } = await saved('removed', false);
  for (const name of ['a', 'b', 'c']) await append(record, name);
  await fetched(id, async (fresh) => {
    const first = await bytesOf(appendableData.getDataIdAt(token, fresh, 0));
    await appendableData.removeAt(token, fresh, 0);
    assert.equal(await bytesOf(appendableData.getDataIdAt(token, fresh, 0, true)), first);
    assert.deepEqual(await lengths(id), [0, 3, 0]);
    await appendableData.post(token, fresh);
    // The copy is now the successor, which holds no items.
    const { version, dataLength, deletedDataLength } = await appendableData.getMetadata(token, fresh);
    assert.deepEqual([version, dataLength, deletedDataLength], [1, 0, 1]);
  });
  assert.deepEqual(await lengths(id), [1, 2, 1]);
  await fetched(id, async (fresh) => {
    await appendableData.clearAll(token, fresh);
    await appendableData.post(token, fresh);
  });
  assert.deepEqual(await lengths(id), [2, 0, 3]);
  await fetched(id, async (fresh) => {
    await appendableData.removeAt(token, fresh, 1, true);
    assert.equal((await appendableData.getMetadata(token, fresh)).deletedDataLength, 2);
    await appendableData.clearAll(token, fresh, true);
    await appendableData.post(token, fresh);
  });
  assert.deepEqual(await lengths(id), [3, 0, 0]);
  await drop({ record, id });
});

await check('a restored item leaves the deleted ones, but is not an item again', async () => {
  const { record, id } = await saved('restored', false);
  await append(record, 'a');
  for (const change of [appendableData.removeAt, appendableData.restore]) {
    await fetched(id, async (fresh) => {
      await change(token, fresh, 0);
      await appendableData.post(token, fresh);
    });
  }
  assert.deepEqual(await lengths(id), [2, 0, 0]);
  await fetched(id, (fresh) => append(fresh, 'a'));
  assert.deepEqual(await lengths(id), [2, 1, 0]);
  await drop({ record, id });
});

await check('a copy that is older than a post can neither append nor post', async () => {
  const { record, id } = await saved('stale', false);
  await fetched(id, (fresh) => appendableData.post(token, fresh));
  await assert.rejects(append(record, 'late'), withStatus(400));
  await assert.rejects(appendableData.post(token, record), byLauncher);
  assert.deepEqual(await lengths(id), [1, 0, 0]);
  await drop({ record, id });
});

await check('the key of an appender can be listed, and then appends no more', async () => {
  const { record, id } = await saved('filter', false);
  await append(record, 'a');
  await fetched(id, async (fresh) => {
    const key = await handleOf(appendableData.getSignKeyAt(token, fresh, 0));
    await appendableData.addToFilter(token, fresh, [key]);
    await appendableData.addToFilter(token, fresh, [key]);
    assert.equal((await appendableData.getMetadata(token, fresh)).filterLength, 1);
    const listed = await plain('GET', `appendable-data/filter/${fresh}/0`, { token });
    const bytes = await signKey.serialise(token, key);
    assert.deepEqual(await signKey.serialise(token, listed.body.handleId), bytes);
    await appendableData.post(token, fresh);
    // The owner is no exception.
    await assert.rejects(append(fresh, 'b'), withStatus(400));
    await appendableData.removeFromFilter(token, fresh, [key]);
    assert.equal((await appendableData.getMetadata(token, fresh)).filterLength, 0);
    await appendableData.post(token, fresh);
    await append(fresh, 'b');
    for (const handle of [key, listed.body.handleId]) await signKey.dropHandle(token, handle);
    await assert.rejects(appendableData.addToFilter(token, fresh, [key]), withStatus(400));
    await assert.rejects(appendableData.addToFilter(token, fresh, { key }), withStatus(400));
  });
  assert.deepEqual(await lengths(id), [2, 2, 0]);
  await drop({ record, id });
});

await check('the key of a deleted item is the key of its appender', async () => {
  const { record, id } = await saved('deleted key', false);
  await append(record, 'a');
  await fetched(id, async (fresh) => {
    const before = await handleOf(appendableData.getSignKeyAt(token, fresh, 0));
    await appendableData.removeAt(token, fresh, 0);
    const after = await handleOf(appendableData.getSignKeyAt(token, fresh, 0, true));
    assert.deepEqual(await signKey.serialise(token, after), await signKey.serialise(token, before));
    for (const handle of [before, after]) await signKey.dropHandle(token, handle);
  });
  await drop({ record, id });
});

// The launcher knows `WHITE_LIST`, and takes everything else for a blacklist.
await check('a whitelist asked for as safe-js documents it, `WhiteList`, becomes a blacklist', async () => {
  const { body } = await plain('GET', 'sign-key', { token });
  const asked = await handleOf(appendableData.create(token, 'appendable: white', false, 'WhiteList', [body.handleId]));
  const { filterType, filterLength } = await appendableData.getMetadata(token, asked);
  assert.deepEqual([filterType, filterLength], ['BlackList', 1]);
  // The key that should have been let in is the one that is kept out.
  await appendableData.put(token, asked);
  await assert.rejects(append(asked, 'a'), withStatus(400));
  const spelt = await handleOf(appendableData.create(token, 'appendable: spelt', false, 'WHITE_LIST', [body.handleId]));
  assert.equal((await appendableData.getMetadata(token, spelt)).filterType, 'WhiteList');
  await appendableData.put(token, spelt);
  await append(spelt, 'a');
  await assert.rejects(appendableData.create(token, 'appendable: key', false, 'BLACK_LIST', [999_999]), byLauncher);
  for (const handle of [asked, spelt]) await appendableData.dropHandle(token, handle);
  await signKey.dropHandle(token, body.handleId);
});

await check('toggleFilter makes a whitelist of a blacklist, and empties it', async () => {
  const { record, id } = await saved('toggled', false);
  await fetched(id, async (fresh) => {
    const { body } = await plain('GET', 'sign-key', { token });
    await appendableData.addToFilter(token, fresh, [body.handleId]);
    await appendableData.toggleFilter(token, fresh);
    const { filterType, filterLength } = await appendableData.getMetadata(token, fresh);
    assert.deepEqual([filterType, filterLength], ['WhiteList', 0]);
    await appendableData.post(token, fresh);
    await assert.rejects(append(fresh, 'a'), withStatus(400));
    await appendableData.addToFilter(token, fresh, [body.handleId]);
    await appendableData.post(token, fresh);
    await append(fresh, 'a');
    await signKey.dropHandle(token, body.handleId);
  });
  assert.deepEqual(await lengths(id), [2, 1, 0]);
  await drop({ record, id });
});

await check('items of a private record open for its app alone, and the same one is appended twice', async () => {
  const { record, id } = await saved('private', true);
  await append(record, 'a');
  await append(record, 'a', otherToken);
  const expected = await bytesOf({ handleId: await idOf('a') });
  await fetched(id, async (fresh) => {
    for (const index of [0, 1]) assert.equal(await bytesOf(appendableData.getDataIdAt(token, fresh, index)), expected);
    // Another app of the same user is the owner, and cannot read.
    assert.equal((await appendableData.getMetadata(otherToken, fresh)).isOwner, true);
    await assert.rejects(appendableData.getDataIdAt(otherToken, fresh, 0), withStatus(400));
    await assert.rejects(appendableData.getDataIdAt(undefined, fresh, 0), withStatus(400));
    await assert.rejects(appendableData.getSignKeyAt(otherToken, fresh, 0), withStatus(400));
  });
  assert.deepEqual(await lengths(id), [0, 2, 0]);
  await drop({ record, id });
});

await check('only a private record has an encrypt key', async () => {
  const open = await handleOf(appendableData.create(token, 'appendable: no key', false));
  const closed = await handleOf(appendableData.create(token, 'appendable: key', true));
  await assert.rejects(appendableData.getEncryptKey(token, open), withStatus(400));
  const key = await handleOf(appendableData.getEncryptKey(otherToken, closed));
  assert.equal((await appendableData.dropEncryptKeyHandle(token, key)).status, 200);
  await assert.rejects(appendableData.dropEncryptKeyHandle(token, key), withStatus(400));
  for (const handle of [open, closed]) await appendableData.dropHandle(token, handle);
});

await check('a serialised record has the size of its parts, and comes back with them', async () => {
  for (const [isPrivate, empty, item] of [[false, 236, 156], [true, 276, 212]]) {
    const { record, id } = await saved(`serialised ${isPrivate}`, isPrivate);
    assert.equal((await appendableData.serialise(token, record)).length, empty);
    await append(record, 'a');
    await fetched(id, async (fresh) => {
      const bytes = await appendableData.serialise(token, fresh);
      assert.equal(bytes.length, empty + item);
      assert.deepEqual(await appendableData.isSizeValid(token, fresh), { isValid: true });
      const { handleId, ...again } = await appendableData.deserialise(token, bytes);
      assert.deepEqual(again, { ...EMPTY, dataLength: 1 });
      assert.deepEqual(await appendableData.serialise(token, handleId), bytes);
      await appendableData.dropHandle(token, handleId);
    });
    await drop({ record, id });
  }
  await assert.rejects(appendableData.deserialise(token, Buffer.from('no record')), withStatus(400));
});

await check('a dropped handle is gone, and a name must be 32 bytes', async () => {
  const { record, id } = await saved('dropped', false);
  await drop({ record, id });
  await assert.rejects(appendableData.getMetadata(token, record), withStatus(400));
  await assert.rejects(appendableData.dropHandle(token, record), byLauncher);
  await assert.rejects(appendableData.getHandle(token, id), byLauncher);
  // What is no text is sent as it is.
  await assert.rejects(appendableData.create(token, Buffer.from('short'), false), byLauncher);
  await assert.rejects(appendableData.create(token, undefined, false), byLauncher);
});

await check('only an app with LOW_LEVEL_API creates', async () => {
  await assert.rejects(appendableData.create(await authorised('appendable.weak', []), 'appendable: weak', false), byLauncher);
  await assert.rejects(appendableData.create(undefined, 'appendable: nobody', false), byLauncher);
});

await finish();
