// nfs: directories and files of an app, and the directory that apps share.

import assert from 'node:assert/strict';

import { authorised, byLauncher, check, everyFunctionOf, finish, logInAnother, rejectsWith, withStatus } from '../checks.js';

const nfs = everyFunctionOf('nfs');

// A user of its own, who has no names and no files yet.
await logInAnother();
const token = await authorised('nfs', []);
const withDrive = await authorised('nfs.drive', ['SAFE_DRIVE_ACCESS']);

const names = (entries) => entries.map(({ name }) => name);
const tree = async (path, of = token, shared = false) => {
  const { subDirectories, files } = await nfs.getDir(of, path, shared);
  return { directories: names(subDirectories), files: names(files) };
};
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

await check('the root of an app is private, empty, and named after the app', async () => {
  const { info, subDirectories, files } = await nfs.getDir(token, '');
  const { createdOn, modifiedOn, ...rest } = info;
  assert.match(rest.name, /^safe-js(-\d+)?-Root-Dir$/);
  assert.deepEqual({ ...rest, name: '' }, { name: '', metadata: '', isPrivate: true, isVersioned: false });
  assert.match(createdOn, ISO);
  assert.match(modifiedOn, ISO);
  assert.deepEqual([subDirectories, files], [[], []]);
});

await check('createDir makes a directory with its privacy and metadata, and strips one leading slash', async () => {
  assert.equal(await nfs.createDir(token, '/notes', true, 'about notes'), true);
  assert.equal(await nfs.createDir(token, 'site'), true);
  const { subDirectories } = await nfs.getDir(token, '/');
  assert.deepEqual(
    subDirectories.map(({ name, metadata, isPrivate, isVersioned }) => [name, metadata, isPrivate, isVersioned]),
    [['notes', 'about notes', true, false], ['site', '', false, false]],
  );
  const { info } = await nfs.getDir(token, 'notes');
  assert.deepEqual([info.name, info.metadata, info.isPrivate], ['notes', 'about notes', true]);
});

await check('a directory is made once, in a directory that exists, and not with metadata that is no text', async () => {
  await assert.rejects(nfs.createDir(token, 'notes'), byLauncher);
  await rejectsWith(404, -1502, nfs.createDir(token, 'nowhere/below'));
  await assert.rejects(nfs.createDir(token, 'odd', false, 7), byLauncher);
  await assert.rejects(nfs.createDir(token, ''), byLauncher);
  assert.deepEqual((await tree('')).directories, ['notes', 'site']);
});

await check('without a valid token, nothing is read or made', async () => {
  // safe-js then sends `Bearer undefined`. The answer is plain text.
  await assert.rejects(nfs.getDir(undefined, ''), withStatus(401));
  await assert.rejects(nfs.createDir(undefined, 'mine'), withStatus(401));
  await assert.rejects(nfs.deleteFile(`${token}x`, 'site'), withStatus(401));
});

await check('createFile stores bytes, and getFile gives them as text, JSON or a buffer', async () => {
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
  assert.equal(await nfs.createFile(token, 'notes/bytes.bin', bytes, 'application/octet-stream'), true);
  assert.deepEqual(await nfs.getFile(token, 'notes/bytes.bin', 'buffer'), bytes);
  // The type that a file is sent with makes no difference: JSON is stored as it is.
  await nfs.createFile(token, 'notes/config.json', '{"tabs": 2}', 'application/json');
  assert.deepEqual(await nfs.getFile(token, 'notes/config.json', 'json'), { tabs: 2 });
  assert.equal(await nfs.getFile(token, 'notes/config.json'), '{"tabs": 2}');
  await assert.rejects(nfs.getFile(token, 'notes/config.json', 'xml'), /invalid response parsing method/);
});

await check('text of other scripts needs its length in bytes, which safe-js does not count', async () => {
  const text = 'Grüße, 你好';
  await nfs.createFile(token, 'notes/greeting.txt', text, 'text/plain', Buffer.byteLength(text));
  assert.equal(await nfs.getFile(token, 'notes/greeting.txt'), text);
});

await check('an empty file is a file', async () => {
  assert.equal(await nfs.createFile(token, 'notes/empty', ''), true);
  assert.equal(await nfs.getFile(token, 'notes/empty'), '');
  const { files } = await nfs.getDir(token, 'notes');
  assert.deepEqual(
    files.map(({ name, size }) => [name, size]),
    [['bytes.bin', 256], ['config.json', 11], ['greeting.txt', Buffer.byteLength('Grüße, 你好')], ['empty', 0]],
  );
});

await check('a file of 3 MiB comes back byte for byte', async () => {
  const large = Buffer.alloc(3 * 1024 * 1024 + 17, 0);
  for (let index = 0; index < large.length; index += 1) large[index] = (index * 7 + (index >> 12)) & 255;
  await nfs.createFile(token, 'large', large, 'application/octet-stream');
  assert.ok(large.equals(await nfs.getFile(token, 'large', 'buffer')));
  assert.equal(await nfs.deleteFile(token, 'large'), true);
});

await check('getFileMetadata gives the headers: type by the name, length, times and metadata', async () => {
  await nfs.createFile(token, 'site/index.html', '<p>hello</p>', 'text/plain', undefined, 'a page');
  const headers = await nfs.getFileMetadata(token, 'site/index.html');
  const of = (names) => names.map((name) => headers.get(name));
  assert.deepEqual(of(['content-type', 'content-length', 'content-range', 'accept-ranges', 'metadata']), [
    'text/html', '12', 'bytes 0-12/12', 'bytes', 'a page',
  ]);
  assert.match(headers.get('created-on'), ISO);
  assert.match(headers.get('last-modified'), ISO);
  const bare = await nfs.getFileMetadata(token, 'notes/bytes.bin');
  assert.deepEqual([bare.get('content-type'), bare.get('metadata')], ['application/octet-stream', '']);
  await assert.rejects(nfs.getFileMetadata(token, 'site/none.html'), withStatus(404));
});

await check('a file is not overwritten by createFile, but by createOrUpdateFile, which deletes it first', async () => {
  await assert.rejects(nfs.createFile(token, 'site/index.html', 'other'), byLauncher);
  assert.equal(await nfs.getFile(token, 'site/index.html'), '<p>hello</p>');
  assert.equal(await nfs.createOrUpdateFile(token, 'site/index.html', '<p>again</p>'), true);
  assert.equal(await nfs.getFile(token, 'site/index.html'), '<p>again</p>');
  assert.equal((await nfs.getFileMetadata(token, 'site/index.html')).get('metadata'), '');
  assert.equal(await nfs.createOrUpdateFile(token, 'site/new.css', 'p {}'), true);
  assert.equal((await nfs.getFileMetadata(token, 'site/new.css')).get('content-type'), 'text/css');
  assert.deepEqual((await tree('site')).files, ['index.html', 'new.css']);
});

await check('what is missing is 404, with a code for each operation', async () => {
  await rejectsWith(404, -1503, nfs.getFile(token, 'site/none'));
  await rejectsWith(404, -1502, nfs.getFile(token, 'nowhere/none'));
  await rejectsWith(404, -507, nfs.deleteFile(token, 'site/none'));
  await rejectsWith(404, -1502, nfs.getDir(token, 'nowhere'));
  await rejectsWith(404, -504, nfs.deleteDir(token, 'nowhere'));
  await rejectsWith(404, -1502, nfs.moveFile(token, 'app', 'site/none', 'app', 'notes'));
  await rejectsWith(404, -1502, nfs.createFile(token, 'nowhere/file', 'x'));
});

await check('a renamed file keeps its content and metadata: safe-js sends new metadata where the launcher ignores it', async () => {
  await nfs.createFile(token, 'site/draft.html', 'draft', 'text/html', undefined, 'old');
  assert.equal(await nfs.renameFile(token, 'site/draft.html', 'final.html', 'new'), true);
  assert.deepEqual((await tree('site')).files, ['index.html', 'new.css', 'final.html']);
  assert.equal(await nfs.getFile(token, 'site/final.html'), 'draft');
  assert.equal((await nfs.getFileMetadata(token, 'site/final.html')).get('metadata'), 'old');
  await assert.rejects(nfs.renameFile(token, 'site/final.html', 'index.html'), byLauncher);
  await rejectsWith(404, -1503, nfs.renameFile(token, 'site/draft.html', 'x.html'));
  // Without a name, nothing is left to change.
  await assert.rejects(nfs.renameFile(token, 'site/final.html', undefined, 'newer'), byLauncher);
});

await check('a renamed directory keeps what is in it', async () => {
  assert.equal(await nfs.renameDir(token, 'notes', 'memos', 'ignored'), true);
  assert.deepEqual((await tree('')).directories.sort(), ['memos', 'site']);
  assert.deepEqual(await tree('memos'), { directories: [], files: ['bytes.bin', 'config.json', 'greeting.txt', 'empty'] });
  assert.equal((await nfs.getDir(token, 'memos')).info.metadata, 'about notes');
  await rejectsWith(404, -1502, nfs.getDir(token, 'notes'));
});

await check('moveFile moves or copies into a directory, under the same name', async () => {
  assert.equal(await nfs.moveFile(token, 'app', 'memos/config.json', 'app', 'site'), true);
  assert.deepEqual((await tree('memos')).files, ['bytes.bin', 'greeting.txt', 'empty']);
  assert.deepEqual(await nfs.getFile(token, 'site/config.json', 'json'), { tabs: 2 });
  assert.equal(await nfs.moveFile(token, 'app', 'site/config.json', 'app', 'memos', 'copy'), true);
  await nfs.deleteFile(token, 'site/config.json');
  assert.deepEqual(await nfs.getFile(token, 'memos/config.json', 'json'), { tabs: 2 });
  await assert.rejects(nfs.moveFile(token, 'app', 'memos/config.json', 'app', 'memos'), byLauncher);
  await assert.rejects(nfs.moveFile(token, 'app', 'a', 'app', 'b', 'link'), (reason) => reason.startsWith('invalid action'));
});

await check('moveDir moves or copies a directory into another', async () => {
  await nfs.createDir(token, 'memos/old');
  await nfs.createFile(token, 'memos/old/one.txt', '1');
  assert.equal(await nfs.moveDir(token, 'app', 'memos/old', 'app', 'site', 'copy'), true);
  assert.deepEqual((await tree('memos')).directories, ['old']);
  assert.equal(await nfs.getFile(token, 'site/old/one.txt'), '1');
  await assert.rejects(nfs.moveDir(token, 'app', 'memos/old', 'app', 'site'), byLauncher);
  await nfs.deleteDir(token, 'site/old');
  assert.equal(await nfs.moveDir(token, 'app', 'memos/old', 'app', '/'), true);
  assert.deepEqual((await tree('memos')).directories, []);
  assert.equal(await nfs.getFile(token, 'old/one.txt'), '1');
  await assert.rejects(nfs.moveDir(token, 'app', '/', 'app', 'site'), byLauncher);
});

await check('deleteFile and deleteDir delete, a directory with all that is in it', async () => {
  assert.equal(await nfs.deleteFile(token, 'memos/empty'), true);
  await rejectsWith(404, -1503, nfs.getFile(token, 'memos/empty'));
  assert.equal(await nfs.deleteDir(token, 'memos'), true);
  await rejectsWith(404, -1502, nfs.getFile(token, 'memos/bytes.bin'));
  await assert.rejects(nfs.deleteDir(token, ''), byLauncher);
  assert.deepEqual((await tree('')).directories.sort(), ['old', 'site']);
});

await check('another app of the same user has another root', async () => {
  assert.deepEqual(await tree('', withDrive), { directories: [], files: [] });
  await rejectsWith(404, -1502, nfs.getDir(withDrive, 'site'));
});

await check('the shared directory needs its permission', async () => {
  await assert.rejects(nfs.getDir(token, '', true), byLauncher);
  await assert.rejects(nfs.createFile(token, 'shared.txt', 'x', undefined, undefined, undefined, true), byLauncher);
  assert.equal((await nfs.getDir(withDrive, '', true)).info.name, 'SAFEDrive');
  assert.equal(await nfs.createDir(withDrive, 'album', true, undefined, true), true);
  assert.equal(await nfs.createFile(withDrive, 'album/a.txt', 'a', 'text/plain', undefined, undefined, true), true);
  assert.equal(await nfs.getFile(withDrive, 'album/a.txt', 'text', true), 'a');
  assert.deepEqual(await tree('album', withDrive, true), { directories: [], files: ['a.txt'] });
});

await check('renameFile looks in the root of the app only: safe-js drops its last argument', async () => {
  await rejectsWith(404, -1502, nfs.renameFile(withDrive, 'album/a.txt', 'b.txt', undefined, true));
  assert.equal(await nfs.rename(withDrive, 'album/a.txt', 'b.txt', true, undefined, true), true);
  assert.deepEqual((await tree('album', withDrive, true)).files, ['b.txt']);
});

await check('a file moves from the shared directory to the app', async () => {
  assert.equal(await nfs.moveFile(withDrive, 'drive', 'album/b.txt', 'app', '/'), true);
  assert.equal(await nfs.getFile(withDrive, 'b.txt'), 'a');
  assert.deepEqual((await tree('album', withDrive, true)).files, []);
  assert.equal(await nfs.deleteDir(withDrive, 'album', true), true);
  await assert.rejects(nfs.moveFile(withDrive, 'root', 'b.txt', 'app', '/'), byLauncher);
});

await finish();
