// immutableData: writers, readers, and who can open what was sealed.

import assert from 'node:assert/strict';

import safe from 'safe-js';

import { authorised, byLauncher, check, everyFunctionOf, finish, handleOf, plain } from '../checks.js';

const { appendableData, cipherOpts, dataId } = safe;
const immutableData = everyFunctionOf('immutableData');

const token = await authorised('immutable');
const otherToken = await authorised('immutable.other');

/** Stores the pieces, each with a write of its own, and gives the handle of the data id. */
async function stored(pieces, cipher, of = token) {
  const writer = await handleOf(immutableData.getWriterHandle(of));
  for (const piece of pieces) assert.equal((await immutableData.write(of, writer, piece)).status, 200);
  const id = await handleOf(immutableData.closeWriter(of, writer, cipher));
  await immutableData.dropWriter(of, writer);
  return id;
}

/** The content behind a data id, which is dropped. */
async function content(id, of = token) {
  const { handleId, size } = await immutableData.getReaderHandle(of, id);
  const bytes = await immutableData.read(of, handleId);
  assert.equal(bytes.length, size);
  await immutableData.dropReader(of, handleId);
  await dataId.dropHandle(of, id);
  return bytes;
}

/** The bytes of a data id, which is dropped. */
async function bytesOf(id) {
  const bytes = await dataId.serialise(token, id);
  await dataId.dropHandle(token, id);
  return bytes;
}

await check('what is written in pieces is read as one', async () => {
  assert.equal(String(await content(await stored(['one, ', 'two, ', Buffer.from('three')]))), 'one, two, three');
});

await check('every byte comes back, in content of 0, 3071, 3072 and 2.5 million bytes', async () => {
  for (const size of [0, 3071, 3072, 2_500_000]) {
    const bytes = Buffer.alloc(size);
    for (let index = 0; index < size; index += 1) bytes[index] = (index * 31 + (index >> 9)) & 255;
    assert.ok(bytes.equals(await content(await stored([bytes]))), `${size} bytes`);
  }
});

await check('a writer without a write stores empty content', async () => {
  assert.equal((await content(await stored([]))).length, 0);
});

// safe-js then sends `/undefined`.
await check('without a cipher option content is plain: the same content has the same id', async () => {
  const same = [await bytesOf(await stored(['shared'])), await bytesOf(await stored(['sha', 'red'], undefined, otherToken))];
  assert.deepEqual(same[0], same[1]);
  const plainly = await handleOf(cipherOpts.getHandle(token, cipherOpts.ENCRYPTION_TYPE.PLAIN));
  assert.deepEqual(await bytesOf(await stored(['shared'], plainly)), same[0]);
  assert.notDeepEqual(await bytesOf(await stored(['others'])), same[0]);
  await cipherOpts.dropHandle(token, plainly);
});

await check('plain content is read by everybody, without a token too', async () => {
  assert.equal(String(await content(await stored(['open']), otherToken)), 'open');
  const id = await stored(['open']);
  const reader = await immutableData.getReaderHandle(undefined, id);
  assert.equal(reader.size, 4);
  assert.equal(String(await immutableData.read(undefined, reader.handleId)), 'open');
  await immutableData.dropReader(undefined, reader.handleId);
  await dataId.dropHandle(undefined, id);
});

await check('a data id leads to the content after serialise and deserialise', async () => {
  const bytes = await bytesOf(await stored(['far away']));
  assert.equal(String(await content(await handleOf(dataId.deserialise(token, bytes)))), 'far away');
});

await check('symmetrically sealed content opens for its app alone, and has another id each time', async () => {
  const seal = await handleOf(cipherOpts.getHandle(token, cipherOpts.ENCRYPTION_TYPE.SYMMETRIC));
  const id = await stored(['secret'], seal);
  await assert.rejects(immutableData.getReaderHandle(otherToken, id), byLauncher);
  await assert.rejects(immutableData.getReaderHandle(undefined, id), byLauncher);
  const first = await dataId.serialise(token, id);
  assert.equal(String(await content(id)), 'secret');
  assert.notDeepEqual(await bytesOf(await stored(['secret'], seal)), first);
  await cipherOpts.dropHandle(token, seal);
});

await check('content sealed with the key of an inbox opens for the app of the inbox, and not for the writer', async () => {
  const inbox = await handleOf(appendableData.create(token, 'immutable: an inbox', true));
  const key = await handleOf(appendableData.getEncryptKey(otherToken, inbox));
  const seal = await handleOf(cipherOpts.getHandle(otherToken, cipherOpts.ENCRYPTION_TYPE.ASYMMETRIC, key));
  const id = await stored(['for you'], seal, otherToken);
  await assert.rejects(immutableData.getReaderHandle(otherToken, id), byLauncher);
  assert.equal(String(await content(id)), 'for you');
  await cipherOpts.dropHandle(otherToken, seal);
  await appendableData.dropEncryptKeyHandle(otherToken, key);
  await appendableData.dropHandle(token, inbox);
});

await check('a closed writer of little content is empty again, and can be written again', async () => {
  const writer = await handleOf(immutableData.getWriterHandle(token));
  const closed = async () => String(await content(await handleOf(immutableData.closeWriter(token, writer))));
  await immutableData.write(token, writer, 'first');
  assert.equal(await closed(), 'first');
  assert.equal(await closed(), '');
  await immutableData.write(token, writer, 'second');
  assert.equal(await closed(), 'second');
  await immutableData.dropWriter(token, writer);
});

await check('a range ends before its last byte, in an answer of 206, which safe-js never asks for', async () => {
  const id = await stored(['0123456789abcdefg']);
  const { handleId } = await immutableData.getReaderHandle(token, id);
  const ranged = async (range) => {
    const { status, headers, body } = await plain('GET', `immutable-data/${handleId}`, { headers: { Range: range } });
    return [status, headers.get('content-range'), String(body)];
  };
  assert.deepEqual(await ranged('bytes=0-5'), [206, 'bytes 0-5/17', '01234']);
  assert.deepEqual(await ranged('bytes=5-'), [206, 'bytes 5-17/17', '56789abcdefg']);
  assert.equal((await ranged('bytes=5-2'))[0], 416);
  assert.equal(String(await immutableData.read(token, handleId)), '0123456789abcdefg');
  await immutableData.dropReader(token, handleId);
  await dataId.dropHandle(token, id);
});

await check('a handle of the wrong kind is refused, and a dropped one is gone', async () => {
  const id = await stored(['kept']);
  const reader = await handleOf(immutableData.getReaderHandle(token, id));
  await assert.rejects(immutableData.dropWriter(token, reader), byLauncher);
  await assert.rejects(immutableData.write(token, reader, 'x'), byLauncher);
  await assert.rejects(immutableData.closeWriter(token, reader), byLauncher);
  await assert.rejects(immutableData.getReaderHandle(token, reader), byLauncher);
  await assert.rejects(immutableData.getReaderHandle(token, 'undefined'), byLauncher);
  assert.equal(String(await immutableData.read(token, reader)), 'kept');
  await immutableData.dropReader(token, reader);
  await assert.rejects(immutableData.read(token, reader), byLauncher);
  await assert.rejects(immutableData.dropReader(token, reader), byLauncher);
  await dataId.dropHandle(token, id);
});

await check('a cipher option that does not exist is refused', async () => {
  const writer = await handleOf(immutableData.getWriterHandle(token));
  await immutableData.write(token, writer, 'x');
  await assert.rejects(immutableData.closeWriter(token, writer, 999_999), byLauncher);
  await immutableData.dropWriter(token, writer);
});

await check('a data id of nothing, or of another kind, has no reader', async () => {
  const nothing = await handleOf(dataId.getStructuredDataHandle(token, 'immutable: nothing'));
  await assert.rejects(immutableData.getReaderHandle(token, nothing), byLauncher);
  await dataId.dropHandle(token, nothing);
});

await check('only an app with LOW_LEVEL_API writes', async () => {
  await assert.rejects(immutableData.getWriterHandle(await authorised('immutable.weak', [])), byLauncher);
  await assert.rejects(immutableData.getWriterHandle(undefined), byLauncher);
});

await finish();
