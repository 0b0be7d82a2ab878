// cipherOpts: how content is sealed, and for which app (launcher behaviour §8).

import assert from 'node:assert/strict';

import safe from 'safe-js';

import { authorised, base64, byLauncher, check, everyFunctionOf, finish, handleOf, UNVERSIONED, withStatus } from '../checks.js';

const { appendableData, structuredData } = safe;
const cipherOpts = everyFunctionOf('cipherOpts');
const { ASYMMETRIC, PLAIN, SYMMETRIC } = cipherOpts.getEncryptionTypes();

const token = await authorised('cipher');
const otherToken = await authorised('cipher.other');

const sealed = (of, content, seal) =>
  handleOf(structuredData.create(of, 'cipher: sealed', UNVERSIONED, base64(content), seal));
const read = async (of, handle) => String(await structuredData.readData(of, handle));

await check('the types are named as the launcher names them', () => {
  assert.deepEqual(cipherOpts.getEncryptionTypes(), { PLAIN: 'PLAIN', SYMMETRIC: 'SYMMETRIC', ASYMMETRIC: 'ASYMMETRIC' });
});

await check('what is sealed with the key of an app opens for that app alone', async () => {
  const seal = await handleOf(cipherOpts.getHandle(token, SYMMETRIC));
  const record = await sealed(token, 'secret', seal);
  assert.equal(await read(token, record), 'secret');
  await assert.rejects(structuredData.readData(otherToken, record), withStatus(400));
  await assert.rejects(structuredData.readData(undefined, record), withStatus(400));
  await structuredData.dropHandle(token, record);
  await cipherOpts.dropHandle(token, seal);
  await assert.rejects(sealed(token, 'secret', seal), byLauncher);
});

await check('what is sealed with the key of another app opens for that app, and not for the one that sealed it', async () => {
  const inbox = await handleOf(appendableData.create(otherToken, 'cipher: an inbox', true));
  const key = await handleOf(appendableData.getEncryptKey(token, inbox));
  const seal = await handleOf(cipherOpts.getHandle(token, ASYMMETRIC, key));
  // The option keeps the key.
  await appendableData.dropEncryptKeyHandle(token, key);
  const record = await sealed(token, 'for the other', seal);
  assert.equal(await read(otherToken, record), 'for the other');
  await assert.rejects(structuredData.readData(token, record), withStatus(400));
  await assert.rejects(structuredData.readData(undefined, record), withStatus(400));
  await structuredData.dropHandle(token, record);
  await cipherOpts.dropHandle(token, seal);
  await appendableData.dropHandle(otherToken, inbox);
});

await check('plain needs no key, and asymmetric needs one that exists', async () => {
  const plain = await handleOf(cipherOpts.getHandle(token, PLAIN));
  const open = await sealed(token, 'for all', plain);
  assert.equal(await read(undefined, open), 'for all');
  await assert.rejects(cipherOpts.getHandle(token, ASYMMETRIC), withStatus(400));
  await assert.rejects(cipherOpts.getHandle(token, ASYMMETRIC, 999_999), withStatus(400));
  await assert.rejects(cipherOpts.getHandle(token, 'ROT13'), withStatus(400));
  await structuredData.dropHandle(token, open);
  await cipherOpts.dropHandle(token, plain);
});

await check('a dropped handle is gone, and a handle of another kind is none', async () => {
  const seal = await handleOf(cipherOpts.getHandle(token, SYMMETRIC));
  assert.equal((await cipherOpts.dropHandle(token, seal)).status, 200);
  await assert.rejects(cipherOpts.dropHandle(token, seal), byLauncher);
  const record = await sealed(token, 'x');
  await assert.rejects(cipherOpts.dropHandle(token, record), byLauncher);
  await structuredData.dropHandle(token, record);
});

await finish();
