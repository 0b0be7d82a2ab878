// Mail as the published email app sends it (wider behaviour §10.2): an inbox is private appendable data, a message is immutable
// data sealed with the key of the inbox. Three users: Ann receives, Bob and Cem send.

import assert from 'node:assert/strict';

import safe from 'safe-js';

import { authorised, byLauncher, check, finish, handleOf, logInAnother, plain, rejectsWith, withStatus } from '../checks.js';

const { appendableData, cipherOpts, dataId, immutableData, nfs, signKey, structuredData } = safe;

const INBOX = 'mail: ann';

const ann = await authorised('mail');
const annElsewhere = await authorised('mail.other');
await logInAnother();
const bob = await authorised('mail');
await logInAnother();
const cem = await authorised('mail');

/** What `body` gives for a fresh copy of the inbox, which is dropped. */
async function inboxOf(token, body) {
  const named = await handleOf(dataId.getAppendableDataHandle(token, INBOX, true));
  try {
    const inbox = await appendableData.getHandle(token, named);
    try {
      return await body(inbox.handleId, inbox);
    } finally {
      await appendableData.dropHandle(token, inbox.handleId);
    }
  } finally {
    await dataId.dropHandle(token, named);
  }
}

/** Seals a message with the key of an inbox, and stores it. Gives the handle of its data id. */
async function sealed(token, inbox, message) {
  const key = await handleOf(appendableData.getEncryptKey(token, inbox));
  const seal = await handleOf(cipherOpts.getHandle(token, cipherOpts.ENCRYPTION_TYPE.ASYMMETRIC, key));
  const writer = await handleOf(immutableData.getWriterHandle(token));
  const text = Buffer.from(JSON.stringify(message));
  await immutableData.write(token, writer, text);
  const id = await handleOf(immutableData.closeWriter(token, writer, seal));
  await immutableData.dropWriter(token, writer);
  await cipherOpts.dropHandle(token, seal);
  await appendableData.dropEncryptKeyHandle(token, key);
  return id;
}

const send = (token, message) =>
  inboxOf(token, async (inbox) => {
    const id = await sealed(token, inbox, message);
    try {
      await appendableData.append(token, inbox, id);
    } finally {
      await dataId.dropHandle(token, id);
    }
  });

/** The message behind a data id, which is dropped. */
async function opened(token, id) {
  try {
    const reader = await handleOf(immutableData.getReaderHandle(token, id));
    const message = JSON.parse(String(await immutableData.read(token, reader)));
    await immutableData.dropReader(token, reader);
    return message;
  } finally {
    await dataId.dropHandle(token, id);
  }
}

const messageAt = async (token, inbox, index, deleted) =>
  opened(token, await handleOf(appendableData.getDataIdAt(token, inbox, index, deleted)));

/** The messages of the inbox, in the order of their items, which is that of their sealed bytes. */
const received = () =>
  inboxOf(ann, async (inbox, { dataLength }) => {
    const messages = [];
    for (let index = 0; index < dataLength; index += 1) messages.push(await messageAt(ann, inbox, index));
    return messages;
  });
const subjects = (messages) => messages.map(({ subject }) => subject).sort();

/** How the email app deletes: by an index that it learnt from an earlier copy, and with two posts. */
async function remove(subject) {
  const index = (await received()).findIndex((message) => message.subject === subject);
  assert.notEqual(index, -1, subject);
  await inboxOf(ann, async (inbox) => {
    await appendableData.removeAt(ann, inbox, index);
    await appendableData.post(ann, inbox);
    await appendableData.clearAll(ann, inbox, true);
    await appendableData.post(ann, inbox);
  });
}

const HELLO = { from: 'bob', subject: 'hello', body: 'Grüße' };
const LONG = { from: 'bob', subject: 'long', body: 'abc '.repeat(50_000) };
const FROM_CEM = { from: 'cem', subject: 'invitation', body: 'come' };

await check('Ann makes an inbox, and keeps what her app must know in a file', async () => {
  // The first read fails, which is how the app sees that it starts for the first time.
  await rejectsWith(404, -1503, nfs.getFile(ann, 'config'));
  const inbox = await handleOf(appendableData.create(ann, INBOX, true));
  await appendableData.put(ann, inbox);
  await appendableData.dropHandle(ann, inbox);
  await nfs.createFile(ann, 'config', JSON.stringify({ inbox: INBOX }), 'plain/text');
  assert.deepEqual(await nfs.getFile(ann, 'config', 'json'), { inbox: INBOX });
  assert.deepEqual(await received(), []);
});

await check('nobody else can make an inbox of that name, or is its owner', async () => {
  const rival = await handleOf(appendableData.create(bob, INBOX, true));
  await assert.rejects(appendableData.put(bob, rival), byLauncher);
  await appendableData.dropHandle(bob, rival);
  await inboxOf(bob, (_inbox, { isOwner }) => assert.equal(isOwner, false));
  await inboxOf(ann, (_inbox, { isOwner }) => assert.equal(isOwner, true));
});

await check('Bob and Cem, users of other accounts, send messages, and Ann reads each of them', async () => {
  await send(bob, HELLO);
  await send(bob, LONG);
  await send(cem, FROM_CEM);
  const byName = (one, other) => one.subject.localeCompare(other.subject);
  assert.deepEqual((await received()).sort(byName), [HELLO, FROM_CEM, LONG].sort(byName));
});

await check('the same message sent twice arrives twice', async () => {
  await send(bob, HELLO);
  assert.deepEqual(subjects(await received()), ['hello', 'hello', 'invitation', 'long']);
});

await check('the inbox shows how full it is: 276 bytes, and 204 for each message', async () => {
  const length = await inboxOf(ann, async (inbox) => (await appendableData.serialise(ann, inbox)).length);
  assert.equal(length, 276 + 4 * 204);
});

await check('neither the senders nor another app of Ann can read the inbox', async () => {
  for (const token of [bob, cem, annElsewhere, undefined]) {
    await inboxOf(token, async (inbox, { dataLength }) => {
      assert.equal(dataLength, 4);
      await assert.rejects(appendableData.getDataIdAt(token, inbox, 0), withStatus(400));
    });
  }
});

await check('a sender cannot open the message that it sealed for Ann', async () => {
  await inboxOf(bob, async (inbox) => {
    await assert.rejects(opened(bob, await sealed(bob, inbox, HELLO)), byLauncher);
  });
});

await check('who is not the owner removes nothing', async () => {
  await inboxOf(bob, async (inbox) => {
    await appendableData.removeAt(bob, inbox, 0);
    await assert.rejects(appendableData.post(bob, inbox), byLauncher);
  });
  assert.equal((await received()).length, 4);
});

await check('Ann removes a message, and it is gone for good', async () => {
  await remove('invitation');
  assert.deepEqual(subjects(await received()), ['hello', 'hello', 'long']);
  await inboxOf(ann, (_inbox, { version, deletedDataLength }) => assert.deepEqual([version, deletedDataLength], [2, 0]));
});

await check('Ann keeps a message in a record that she alone opens', async () => {
  const seal = await handleOf(cipherOpts.getHandle(ann, cipherOpts.ENCRYPTION_TYPE.SYMMETRIC));
  const [kept] = (await received()).filter(({ subject }) => subject === 'long');
  const data = Buffer.from(JSON.stringify([kept])).toString('base64');
  const small = Buffer.from(JSON.stringify([{ ...kept, body: 'short' }])).toString('base64');
  // A record holds 100 KiB, and JSON bodies as many.
  await assert.rejects(structuredData.create(ann, 'mail: saved', 500, data, seal), byLauncher);
  const record = await handleOf(structuredData.create(ann, 'mail: saved', 500, small, seal));
  await structuredData.put(ann, record);
  assert.deepEqual(JSON.parse(String(await structuredData.readData(ann, record))), [{ ...kept, body: 'short' }]);
  await assert.rejects(structuredData.readData(bob, record), withStatus(400));
  await structuredData.dropHandle(ann, record);
  await cipherOpts.dropHandle(ann, seal);
});

await check('a sender that fetched the inbox before Ann removed a message must fetch it again', async () => {
  await inboxOf(cem, async (inbox) => {
    const id = await sealed(cem, inbox, FROM_CEM);
    await remove('long');
    await assert.rejects(appendableData.append(cem, inbox, id), withStatus(400));
    await inboxOf(cem, (fresh) => appendableData.append(cem, fresh, id));
    await dataId.dropHandle(cem, id);
  });
  assert.deepEqual(subjects(await received()), ['hello', 'hello', 'invitation']);
});

await check('Ann blocks a sender by the key of a message, and others still send', async () => {
  await inboxOf(ann, async (inbox) => {
    const index = (await received()).findIndex(({ from }) => from === 'bob');
    const key = await handleOf(appendableData.getSignKeyAt(ann, inbox, index));
    const bobs = (await plain('GET', 'sign-key', { token: bob })).body.handleId;
    assert.deepEqual(await signKey.serialise(ann, key), await signKey.serialise(bob, bobs));
    await appendableData.addToFilter(ann, inbox, [key]);
    await appendableData.post(ann, inbox);
    await signKey.dropHandle(ann, key);
    await signKey.dropHandle(bob, bobs);
  });
  await assert.rejects(send(bob, { ...HELLO, subject: 'again' }), withStatus(400));
  await send(cem, { ...FROM_CEM, subject: 'thanks' });
  assert.deepEqual(subjects(await received()), ['hello', 'hello', 'invitation', 'thanks']);
});

await check('Ann clears the inbox: what arrives in the meantime stays', async () => {
  await inboxOf(ann, async (inbox) => {
    await send(cem, { ...FROM_CEM, subject: 'last' });
    await appendableData.clearAll(ann, inbox);
    await appendableData.post(ann, inbox);
    assert.equal((await appendableData.getMetadata(ann, inbox)).deletedDataLength, 4);
    await appendableData.clearAll(ann, inbox, true);
    await appendableData.post(ann, inbox);
  });
  assert.deepEqual(subjects(await received()), ['last']);
  await remove('last');
  assert.deepEqual(await received(), []);
  const length = await inboxOf(ann, async (inbox) => (await appendableData.serialise(ann, inbox)).length);
  // One key is listed in the filter.
  assert.equal(length, 276 + 40);
});

await finish();
