// A user publishes a page by name, and others read it: with a launcher of their own, without a token, and as another user of the
// same launcher.

import assert from 'node:assert/strict';

import safe from 'safe-js';

import {
  app, authorised, byLauncher, check, doneButRejected, finish, logInAnother, OTHER_LAUNCHER, plain, rejectsWith,
} from '../checks.js';

const { dns, nfs } = safe;

const HTML = '<!doctype html><link rel="stylesheet" href="style/page.css"><h1>Grüße</h1>';
const CSS = 'h1 { color: teal }';
const LOGO = Buffer.alloc(1_300_000);
for (let index = 0; index < LOGO.length; index += 1) LOGO[index] = (index * 13 + (index >> 10)) & 255;

await logInAnother();
const author = await authorised('page', []);

/** A request of the second user, at the second launcher. */
const visit = (path, options = {}) => plain('GET', `dns/${path}`, { launcher: OTHER_LAUNCHER, ...options });
const visited = async (path, options) => {
  const { status, headers, body } = await visit(path, options);
  return [status, headers.get('content-type'), headers.get('content-range'), body];
};
const refused = async (path, options) => {
  const { status, body } = await visit(path, options);
  return [status, body.errorCode];
};

await check('the author stores a page with a style sheet and an image', async () => {
  await nfs.createDir(author, 'homepage', false, 'my page');
  await nfs.createDir(author, 'homepage/style');
  await nfs.createDir(author, 'homepage/images');
  await nfs.createFile(author, 'homepage/index.html', HTML, 'text/html', Buffer.byteLength(HTML));
  await nfs.createFile(author, 'homepage/style/page.css', CSS, 'text/css', undefined, 'of the page');
  await nfs.createFile(author, 'homepage/images/logo.png', LOGO, 'image/png');
  const { subDirectories, files } = await nfs.getDir(author, 'homepage');
  assert.deepEqual(subDirectories.map(({ name }) => name), ['style', 'images']);
  assert.deepEqual(files.map(({ name, size }) => [name, size]), [['index.html', Buffer.byteLength(HTML)]]);
});

await check('before it has a name, nobody finds it', async () => {
  assert.deepEqual(await refused('www/page-of-ann/index.html'), [404, -18]);
});

await check('the author registers a long name and a service', async () => {
  await doneButRejected(dns.createLongName(author, 'page-of-ann'));
  await doneButRejected(dns.addService(author, 'page-of-ann', 'www', '/homepage'));
  assert.deepEqual(await dns.listLongNames(author), ['page-of-ann']);
  assert.deepEqual(await dns.listServices(author, 'page-of-ann'), ['www']);
});

// The second user.

const session = await plain('POST', 'auth', { json: { app: app('page.visitor'), permissions: [] }, launcher: OTHER_LAUNCHER });
const visitor = { token: session.body.token };

await check('a second user, at another launcher, reads the page by its name, with a token and without', async () => {
  const length = Buffer.byteLength(HTML);
  for (const options of [visitor, {}]) {
    assert.deepEqual(await visited('www/page-of-ann/index.html', options), [
      200, 'text/html', `bytes 0-${length}/${length}`, Buffer.from(HTML),
    ]);
    const { status, headers, body } = await visit('www/page-of-ann/style/page.css', options);
    assert.deepEqual([status, headers.get('content-type'), String(body)], [200, 'text/css', CSS]);
    assert.equal(headers.get('metadata'), 'of the page');
  }
});

await check('an image arrives byte for byte, whole and in parts', async () => {
  const [status, type, , body] = await visited('www/page-of-ann/images/logo.png');
  assert.deepEqual([status, type], [200, 'image/png']);
  assert.ok(LOGO.equals(body));
  const part = await visited('www/page-of-ann/images/logo.png', { headers: { Range: 'bytes=1048570-1048590' } });
  assert.deepEqual(part, [206, 'image/png', 'bytes 1048570-1048590/1300000', LOGO.subarray(1_048_570, 1_048_590)]);
});

await check('the name alone lists the page and its services, and serves no index', async () => {
  const { status, body } = await visit('www/page-of-ann', visitor);
  assert.equal(status, 200);
  const { name, metadata, isPrivate } = body.info;
  assert.deepEqual([name, metadata, isPrivate], ['homepage', 'my page', false]);
  assert.deepEqual(body.subDirectories.map((directory) => directory.name), ['style', 'images']);
  assert.deepEqual((await visit('page-of-ann', visitor)).body, ['www']);
});

await check('what is not there is not found, and nothing above the page is', async () => {
  assert.deepEqual(await refused('www/page-of-ann/none.html'), [404, -1503]);
  assert.deepEqual(await refused('www/page-of-ann/none/page.css'), [404, -1502]);
  assert.deepEqual(await refused('shop/page-of-ann/index.html'), [404, -1004]);
  assert.deepEqual(await refused('www/page-of-bob/index.html'), [404, -18]);
  assert.deepEqual(await refused('www/page-of-ann/..%2Fhomepage%2Findex.html'), [404, -1502]);
});

await check('the second user can neither take nor change the name', async () => {
  const call = (method, path, json) => plain(method, path, { ...visitor, json, launcher: OTHER_LAUNCHER });
  const codes = [];
  for (const answer of [
    await call('POST', 'dns/page-of-ann'),
    await call('DELETE', 'dns/page-of-ann'),
    await call('DELETE', 'dns/www/page-of-ann'),
    await call('PUT', 'dns', { longName: 'page-of-ann', serviceName: 'mine', rootPath: 'app', serviceHomeDirPath: '/' }),
  ]) {
    codes.push([answer.status, answer.body.errorCode]);
  }
  assert.deepEqual(codes, [[400, -1001], [404, -1002], [404, -1002], [404, -1002]]);
  assert.deepEqual((await call('GET', 'dns')).body, []);
});

await check('what the author changes is what the next reader sees', async () => {
  assert.equal(await nfs.createOrUpdateFile(author, 'homepage/index.html', '<h1>new</h1>'), true);
  assert.equal(String((await visit('www/page-of-ann/index.html')).body), '<h1>new</h1>');
  await nfs.renameDir(author, 'homepage', 'archive');
  assert.equal(String((await visit('www/page-of-ann/index.html')).body), '<h1>new</h1>');
});

await check('a private directory behind a service is read by its owner only', async () => {
  await nfs.createDir(author, 'drafts', true);
  await nfs.createFile(author, 'drafts/next.html', 'soon');
  await doneButRejected(dns.addService(author, 'page-of-ann', 'drafts', '/drafts'));
  assert.deepEqual(await refused('drafts/page-of-ann/next.html', visitor), [400, -3]);
  // Without a token, the user who is logged in at the launcher reads.
  assert.deepEqual(await refused('drafts/page-of-ann/next.html'), [400, -3]);
  assert.equal(String((await plain('GET', 'dns/drafts/page-of-ann/next.html')).body), 'soon');
  assert.equal(String((await plain('GET', 'dns/drafts/page-of-ann/next.html', { token: author })).body), 'soon');
});

await check('another user of the same launcher is a second user too', async () => {
  await logInAnother();
  const second = await authorised('page', []);
  // The same app of another user has another root.
  assert.deepEqual((await nfs.getDir(second, '')).files, []);
  assert.deepEqual(await dns.listLongNames(second), []);
  assert.deepEqual((await dns.listServices(second, 'page-of-ann')).sort(), ['drafts', 'www']);
  await assert.rejects(dns.createLongName(second, 'page-of-ann'), byLauncher);
  await rejectsWith(404, -1002, dns.addService(second, 'page-of-ann', 'mine', '/'));
  assert.equal(String((await plain('GET', 'dns/www/page-of-ann/index.html', { token: second })).body), '<h1>new</h1>');
  assert.equal((await plain('GET', 'dns/drafts/page-of-ann/next.html', { token: second })).body.errorCode, -3);
  // The token of the author is still that of the author.
  assert.deepEqual(await dns.listLongNames(author), ['page-of-ann']);
});

await check('a page whose directory is deleted is gone, and its service can get another', async () => {
  await nfs.deleteDir(author, 'archive');
  assert.deepEqual(await refused('www/page-of-ann/index.html'), [400, -2]);
  assert.equal((await plain('DELETE', 'dns/www/page-of-ann', { token: author })).status, 200);
  await doneButRejected(dns.addService(author, 'page-of-ann', 'www', '/'));
  await nfs.createFile(author, 'index.html', 'back');
  // The root of an app is private.
  assert.deepEqual(await refused('www/page-of-ann/index.html'), [400, -3]);
  assert.equal(String((await plain('GET', 'dns/www/page-of-ann/index.html', { token: author })).body), 'back');
});

await finish();
