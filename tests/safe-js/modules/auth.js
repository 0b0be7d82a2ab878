// auth: tokens, permissions, and what a token is good for (launcher behaviour §3).

import assert from 'node:assert/strict';

import safe from 'safe-js';

import { app, byLauncher, check, everyFunctionOf, finish, LAUNCHER, plain } from '../checks.js';

const { dns, nfs, structuredData } = safe;
const auth = everyFunctionOf('auth');

let token;

await check('authorise gives a token and the permissions that were asked for', async () => {
  const answer = await auth.authorise(app('auth', ['LOW_LEVEL_API', 'SAFE_DRIVE_ACCESS']));
  assert.deepEqual(Object.keys(answer), ['token', 'permissions']);
  assert.deepEqual(answer.permissions, ['LOW_LEVEL_API', 'SAFE_DRIVE_ACCESS']);
  token = answer.token;
  assert.deepEqual((await auth.authorise(app('auth.none', []))).permissions, []);
});

await check('a token has three parts, and names neither the app nor its permissions', async () => {
  const parts = token.split('.');
  assert.equal(parts.length, 3);
  const claims = String(Buffer.from(parts[1], 'base64url'));
  assert.ok(!claims.includes('tests.safe-js'), claims);
  assert.ok(!claims.includes('LOW_LEVEL_API'), claims);
});

await check('the token is valid, and a changed one is not', async () => {
  assert.equal(await auth.isTokenValid(token), true);
  assert.equal(await auth.isTokenValid(`${token}x`), false);
  assert.equal(await auth.isTokenValid(undefined), false);
});

await check('an app without a name, id, version or vendor, or with an unknown permission, is refused', async () => {
  for (const field of ['name', 'id', 'version', 'vendor']) {
    await assert.rejects(auth.authorise({ ...app('auth'), [field]: '' }), byLauncher, field);
  }
  await assert.rejects(auth.authorise(app('auth', ['ALL'])), byLauncher);
  await assert.rejects(auth.authorise(undefined), (reason) => reason === 'packageData is missing.');
});

await check('another app gets another token, and both stay valid', async () => {
  const other = await auth.authorise(app('auth.other'));
  assert.notEqual(other.token, token);
  assert.equal(await auth.isTokenValid(other.token), true);
  assert.equal(await auth.isTokenValid(token), true);
});

await check('the same app in another version has the same directory', async () => {
  await nfs.createFile(token, 'kept', 'by the app');
  const newer = await auth.authorise({ ...app('auth'), version: '1.0.0', name: 'renamed' });
  assert.equal(await nfs.getFile(newer.token, 'kept'), 'by the app');
});

await check('an app without LOW_LEVEL_API has directories and names, and no records', async () => {
  const { token: weak } = await auth.authorise(app('auth.weak', []));
  assert.equal(await nfs.createDir(weak, 'mine'), true);
  assert.deepEqual(await dns.listLongNames(weak), []);
  await assert.rejects(structuredData.create(weak, 'weak', 500, 'eA=='), byLauncher);
});

// safe-js has no function for the next two.

await check('a revoked token is valid no more', async () => {
  const { token: revoked } = await auth.authorise(app('auth.revoked'));
  assert.equal((await plain('DELETE', 'auth', { token: revoked })).status, 200);
  assert.equal(await auth.isTokenValid(revoked), false);
  assert.equal(await auth.isTokenValid(token), true);
});

await check('an app that the user does not let in is refused', async () => {
  const consent = (policy) =>
    fetch(`${LAUNCHER}/__mock/consent`, {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ policy }),
    });
  assert.equal((await consent('deny')).status, 200);
  await assert.rejects(auth.authorise(app('auth.denied')), (response) => response.status === 401);
  assert.equal((await consent('allow')).status, 200);
  assert.equal((await auth.authorise(app('auth.denied'))).permissions.length, 1);
});

await finish();
