// dns: long names and the services behind them. safe-js neither deletes them nor reads through them: plain requests do that here.

import assert from 'node:assert/strict';

import safe from 'safe-js';

import {
  authorised, byLauncher, check, doneButRejected, everyFunctionOf, finish, logInAnother, plain, rejectsWith, withStatus,
} from '../checks.js';

const { nfs } = safe;
const dns = everyFunctionOf('dns');

// A user of its own, who has no names and no files yet.
await logInAnother();
const token = await authorised('dns', ['SAFE_DRIVE_ACCESS']);

await check('an account has no long name at first', async () => {
  assert.deepEqual(await dns.listLongNames(token), []);
});

await check('createLongName registers the name, although safe-js rejects: it reads `OK` as JSON', async () => {
  await doneButRejected(dns.createLongName(token, 'dns-first'));
  await doneButRejected(dns.createLongName(token, 'dns--2'));
  assert.deepEqual(await dns.listLongNames(token), ['dns-first', 'dns--2']);
  assert.deepEqual(await dns.listServices(token, 'dns-first'), []);
});

await check('a name is registered once, and follows the rule for names', async () => {
  await assert.rejects(dns.createLongName(token, 'dns-first'), byLauncher);
  for (const name of ['ab', '-abc', 'abc-', 'Dns', 'dns.first', 'n'.repeat(63)]) {
    await assert.rejects(dns.createLongName(token, name), byLauncher, name);
  }
  assert.deepEqual(await dns.listLongNames(token), ['dns-first', 'dns--2']);
});

await check('addService maps a name to a directory, and again rejects at `OK`', async () => {
  await nfs.createDir(token, 'public');
  await nfs.createFile(token, 'public/index.html', '<p>dns</p>', 'text/html');
  await nfs.createDir(token, 'shared', false, undefined, true);
  await doneButRejected(dns.addService(token, 'dns-first', 'www', '/public'));
  await doneButRejected(dns.addService(token, 'dns-first', 'blog', 'shared', true));
  assert.deepEqual((await dns.listServices(token, 'dns-first')).sort(), ['blog', 'www']);
  assert.deepEqual(await dns.listServices(token, 'dns--2'), []);
});

await check('a service is added once, to a name of this account, and to a directory that exists', async () => {
  await assert.rejects(dns.addService(token, 'dns-first', 'www', '/shared', true), byLauncher);
  await rejectsWith(404, -1002, dns.addService(token, 'dns-unknown', 'www', '/public'));
  await rejectsWith(404, -1502, dns.addService(token, 'dns-first', 'img', '/nowhere'));
  await assert.rejects(dns.addService(token, 'dns-first', 'img', ''), byLauncher);
  await assert.rejects(dns.addService(token, 'dns-first', 'IMG', '/public'), byLauncher);
  assert.deepEqual((await dns.listServices(token, 'dns-first')).sort(), ['blog', 'www']);
});

await check('the services of an unknown name are not found', async () => {
  await rejectsWith(404, -18, dns.listServices(token, 'dns-unknown'));
});

await check('without a token nothing is listed or registered', async () => {
  await assert.rejects(dns.listLongNames(undefined), withStatus(401));
  await assert.rejects(dns.listServices(undefined, 'dns-first'), withStatus(401));
  await assert.rejects(dns.createLongName(undefined, 'dns-nobody'), withStatus(401));
  await assert.rejects(dns.addService(undefined, 'dns-first', 'nobody', '/public'), withStatus(401));
  await rejectsWith(404, -18, dns.listServices(token, 'dns-nobody'));
});

await check('another app of the account has the same list', async () => {
  assert.deepEqual(await dns.listLongNames(await authorised('dns.other', [])), ['dns-first', 'dns--2']);
});

await check('everybody reads the directory and its files by name, without a token', async () => {
  const home = await plain('GET', 'dns/www/dns-first');
  assert.equal(home.status, 200);
  assert.equal(home.body.info.name, 'public');
  assert.deepEqual(home.body.files.map(({ name, size }) => [name, size]), [['index.html', 10]]);
  const file = await plain('GET', 'dns/www/dns-first/index.html');
  assert.deepEqual([file.status, file.headers.get('content-type'), String(file.body)], [200, 'text/html', '<p>dns</p>']);
  assert.deepEqual((await plain('GET', 'dns/www/dns-first/none.html')).body.errorCode, -1503);
  assert.deepEqual((await plain('GET', 'dns/none/dns-first/index.html')).body.errorCode, -1004);
});

await check('a service follows its directory to another name', async () => {
  await nfs.renameDir(token, 'public', 'published');
  assert.equal(String((await plain('GET', 'dns/www/dns-first/index.html')).body), '<p>dns</p>');
});

await check('a deleted service is gone, and can be added again', async () => {
  const deleted = await plain('DELETE', 'dns/blog/dns-first', { token });
  assert.deepEqual([deleted.status, String(deleted.body)], [200, 'OK']);
  assert.deepEqual(await dns.listServices(token, 'dns-first'), ['www']);
  assert.equal((await plain('DELETE', 'dns/blog/dns-first', { token })).body.errorCode, -1004);
  await doneButRejected(dns.addService(token, 'dns-first', 'blog', '/published'));
  assert.deepEqual((await dns.listServices(token, 'dns-first')).sort(), ['blog', 'www']);
});

await check('a deleted long name leaves the list, and stays taken', async () => {
  assert.equal((await plain('DELETE', 'dns/dns-first', { token })).status, 200);
  assert.deepEqual(await dns.listLongNames(token), ['dns--2']);
  const gone = await plain('GET', 'dns/dns-first', { token });
  assert.deepEqual([gone.status, gone.body.errorCode], [400, -2]);
  const again = await plain('POST', 'dns/dns-first', { token });
  assert.deepEqual([again.status, again.body.errorCode], [400, -25]);
  await assert.rejects(dns.createLongName(token, 'dns-first'), byLauncher);
  await rejectsWith(404, -1002, dns.addService(token, 'dns-first', 'www', '/published'));
});

await finish();
