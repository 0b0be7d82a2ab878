// One record of each kind, and one handle of each, as an app makes them.

/** Stores them as an app with this token. Returns the names of the records that have one of their own. */
export async function storeEachKind(launcher, token) {
  const send = async (method, path, body, kind = 'application/json') => {
    const answer = await fetch(launcher + path, { method, headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': kind }) }, body });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text;
  };
  const handle = async (...call) => JSON.parse(await send(...call)).handleId;
  const named = (byte) => Buffer.alloc(32, byte).toString('base64');

  await send('POST', '/nfs/directory/app/site', '{"isPrivate":false}');
  await send('POST', '/nfs/directory/app/site/images', '{"isPrivate":true}');
  await send('POST', '/nfs/file/app/site/index.html', '<h1>Hello</h1>', 'text/html');
  await send('POST', '/nfs/file/app/site/large.bin', Buffer.alloc(10_000, 3), 'application/octet-stream');
  await send('POST', '/dns', JSON.stringify({ longName: 'my-shop', serviceName: 'www', rootPath: 'app', serviceHomeDirPath: '/site' }));

  const writer = await handle('GET', '/immutable-data/writer');
  await send('POST', `/immutable-data/${writer}`, 'never to change', 'text/plain');
  const plain = await handle('GET', '/cipher-opts/plain');
  const fixed = await handle('PUT', `/immutable-data/${writer}/${plain}`);
  await handle('GET', `/immutable-data/reader/${fixed}`);
  await handle('GET', '/immutable-data/writer');

  const open = await handle('POST', '/appendable-data', JSON.stringify({ name: named(21) }));
  await send('PUT', `/appendable-data/${open}`);
  const item = await handle('POST', '/data-id/structured-data', JSON.stringify({ name: named(20), typeTag: 501 }));
  await send('PUT', `/appendable-data/${open}/${item}`);
  await send('PUT', `/appendable-data/${open}/${fixed}`);
  const sealed = await handle('POST', '/appendable-data', JSON.stringify({ name: named(22), isPrivate: true }));
  await send('PUT', `/appendable-data/${sealed}`);
  await send('PUT', `/appendable-data/${sealed}/${item}`);
  await handle('GET', `/appendable-data/encrypt-key/${sealed}`);
  await handle('GET', '/sign-key');
  return { open: named(21), sealed: named(22) };
}
