// signKey: the key by which an account is named in filters. safe-js has no function that gets the own key: plain requests do.

import assert from 'node:assert/strict';

import { app, authorised, check, everyFunctionOf, finish, handleOf, OTHER_LAUNCHER, plain, withStatus } from '../checks.js';

const signKey = everyFunctionOf('signKey');

const token = await authorised('sign');

const own = async (of = token, launcher) => (await plain('GET', 'sign-key', { token: of, launcher })).body.handleId;

await check('a key is 32 bytes behind their number', async () => {
  const key = await own();
  const bytes = await signKey.serialise(token, key);
  assert.ok(Buffer.isBuffer(bytes));
  assert.equal(bytes.length, 40);
  assert.equal(bytes.readBigUInt64LE(0), 32n);
  await signKey.dropHandle(token, key);
});

await check('every app of an account has the same key, each time under another handle', async () => {
  const otherToken = await authorised('sign.other');
  const keys = [await own(), await own(), await own(otherToken)];
  assert.equal(new Set(keys).size, 3);
  const [first, ...others] = await Promise.all(keys.map((key) => signKey.serialise(token, key)));
  for (const other of others) assert.deepEqual(other, first);
  for (const key of keys) await signKey.dropHandle(token, key);
});

await check('another account has another key', async () => {
  const { body } = await plain('POST', 'auth', {
    json: { app: app('sign'), permissions: ['LOW_LEVEL_API'] },
    launcher: OTHER_LAUNCHER,
  });
  const theirs = await own(body.token, OTHER_LAUNCHER);
  const bytes = await plain('GET', `sign-key/serialise/${theirs}`, { token: body.token, launcher: OTHER_LAUNCHER });
  const mine = await own();
  assert.equal(bytes.body.length, 40);
  assert.notDeepEqual(bytes.body, await signKey.serialise(token, mine));
  await signKey.dropHandle(token, mine);
  await plain('DELETE', `sign-key/${theirs}`, { token: body.token, launcher: OTHER_LAUNCHER });
});

await check('a key survives serialise and deserialise', async () => {
  const bytes = Buffer.concat([Buffer.from([32, 0, 0, 0, 0, 0, 0, 0]), Buffer.alloc(32, 7)]);
  const key = await handleOf(signKey.deserialise(token, bytes));
  assert.deepEqual(await signKey.serialise(token, key), bytes);
  await signKey.dropHandle(token, key);
});

await check('bytes that are no key are refused', async () => {
  for (const bytes of [Buffer.from('no key'), Buffer.alloc(32, 1), Buffer.from([32, 0, 0, 0, 0, 0, 0, 0, 1])]) {
    await assert.rejects(signKey.deserialise(token, bytes), withStatus(400));
  }
});

await check('without a token there is no key', async () => {
  const key = await own();
  assert.equal((await plain('GET', 'sign-key')).status, 401);
  await assert.rejects(signKey.serialise(undefined, key), withStatus(401));
  await assert.rejects(signKey.deserialise(undefined, await signKey.serialise(token, key)), withStatus(401));
  await signKey.dropHandle(token, key);
});

await check('a dropped handle is gone', async () => {
  const key = await own();
  assert.equal((await signKey.dropHandle(token, key)).status, 200);
  await assert.rejects(signKey.serialise(token, key), withStatus(400));
  await assert.rejects(signKey.dropHandle(token, key), withStatus(400));
  await assert.rejects(signKey.serialise(token, 'undefined'), withStatus(400));
});

await finish();
