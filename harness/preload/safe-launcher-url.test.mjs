// node --test harness/preload/safe-launcher-url.test.mjs
//
// Each test runs a few lines in a Node of its own, with the preload. A server answers with what it received.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const PRELOAD = fileURLToPath(new URL('safe-launcher-url.cjs', import.meta.url));

/** What the lines of a test may use. */
const PROLOGUE = `
  import assert from 'node:assert/strict';
  import http, { get, request } from 'node:http';
  const [launcher, other] = process.argv.slice(1);
  const sent = (request, body) => new Promise((resolve, reject) =>
    request.on('response', async (answer) => resolve((await answer.toArray()).join(''))).on('error', reject).end(body));
  const print = async (answer) => console.log(await answer);
`;

const servers = [];

/** A server that answers with what it received. */
async function start() {
  const server = createServer(async (request, response) => {
    const body = (await request.toArray()).join('');
    const { method, url: path, headers } = request;
    response.end(JSON.stringify({ port: server.address().port, method, path, host: headers.host, extra: headers.extra, body }));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push(server);
  return server.address().port;
}

let launcher;
let other;
before(async () => {
  [launcher, other] = [await start(), await start()];
});
after(() => servers.forEach((server) => server.close()));

/** Runs the lines, and returns what they print. */
async function run(lines, variable = `http://127.0.0.1:${launcher}`, preload = ['--require', PRELOAD]) {
  const args = [...preload, '--input-type=module', '--eval', PROLOGUE + lines, '--', launcher, other];
  const env = { ...process.env, SAFE_LAUNCHER_URL: variable };
  const { stdout } = await promisify(execFile)(process.execPath, args.map(String), { env });
  return stdout;
}

/** The lines send one request, which arrives at the launcher with all that it carries. */
async function arrivesAtTheLauncher(lines, expected = {}) {
  const host = `127.0.0.1:${launcher}`;
  const received = JSON.parse(await run(lines));
  assert.deepEqual(received, { port: launcher, method: 'GET', path: '/0.5/auth?a=b', host, body: '', ...expected });
}

const POST = { method: 'POST', extra: 'kept', body: 'content' };

test('http.request with options goes to the launcher', () =>
  arrivesAtTheLauncher(
    `const options = { host: 'localhost', port: 8100, path: '/0.5/auth?a=b', method: 'POST', headers: { extra: 'kept' } };
     await print(sent(http.request(options), 'content'));`,
    POST,
  ));

test('http.request with a URL and options goes to the launcher', () =>
  arrivesAtTheLauncher(
    `const url = new URL('http://127.0.0.1:8100/0.5/auth?a=b');
     await print(sent(http.request(url, { method: 'POST', headers: { extra: 'kept' } }), 'content'));`,
    POST,
  ));

test('http.get with a string and a callback goes to the launcher', () =>
  arrivesAtTheLauncher(
    `await print(new Promise((resolve) =>
       http.get('http://localhost:8100/0.5/auth?a=b', async (answer) => resolve((await answer.toArray()).join('')))));`,
  ));

test('request and get, when they are imported by name, go to the launcher', async () => {
  await arrivesAtTheLauncher(`await print(sent(request('http://localhost:8100/0.5/auth?a=b')));`);
  await arrivesAtTheLauncher(`await print(sent(get('http://localhost:8100/0.5/auth?a=b')));`);
});

test('a Host header that names port 8100 names the launcher then, in every form of headers', async () => {
  for (const headers of [`{ HOST: 'localhost:8100' }`, `['Host', 'localhost:8100']`, `[['host', '127.0.0.1:8100']]`]) {
    await arrivesAtTheLauncher(
      `await print(sent(http.request({ port: 8100, path: '/0.5/auth?a=b', headers: ${headers} })));`,
    );
  }
  await arrivesAtTheLauncher(
    `await print((await fetch('http://localhost:8100/0.5/auth?a=b', { headers: { host: 'localhost:8100' } })).text());`,
  );
});

test('fetch with a string goes to the launcher', () =>
  arrivesAtTheLauncher(
    `const init = { method: 'POST', body: 'content', headers: { extra: 'kept' } };
     await print((await fetch('http://localhost:8100/0.5/auth?a=b', init)).text());`,
    POST,
  ));

test('fetch with a URL goes to the launcher', () =>
  arrivesAtTheLauncher(`await print((await fetch(new URL('http://localhost:8100/0.5/auth?a=b'))).text());`));

test('fetch with a Request goes to the launcher, with its method, headers and body', () =>
  arrivesAtTheLauncher(
    `const init = { method: 'POST', body: 'content', headers: { extra: 'kept' } };
     await print((await fetch(new Request('http://127.0.0.1:8100/0.5/auth?a=b', init))).text());`,
    POST,
  ));

test('requests to another port go there', async () => {
  const expected = { port: other, method: 'GET', path: '/', host: `127.0.0.1:${other}`, body: '' };
  for (const lines of [
    `await print(sent(http.request({ host: '127.0.0.1', port: other })));`,
    `await print(sent(http.get('http://127.0.0.1:' + other)));`,
    `await print((await fetch('http://127.0.0.1:' + other)).text());`,
    `await print((await fetch(new Request('http://127.0.0.1:' + other))).text());`,
  ]) {
    assert.deepEqual(JSON.parse(await run(lines)), expected, lines);
  }
});

test('arguments that Node refuses are refused as without the preload', () =>
  run(
    `assert.throws(() => http.request('no url'), { code: 'ERR_INVALID_URL' });
     assert.throws(() => http.request({ port: 8100, protocol: 'https:' }), { code: 'ERR_INVALID_PROTOCOL' });
     await assert.rejects(fetch('no url'), TypeError);`,
  ));

test('without the variable the functions are those of Node', async () => {
  const lines = `
    import { createRequire } from 'node:module';
    const functions = () => [http.request, http.get, fetch];
    const before = functions();
    createRequire(import.meta.url)(${JSON.stringify(PRELOAD)});
    assert.deepEqual(functions(), before);
    const unsent = http.request('http://localhost:8100').on('error', () => {});
    assert.equal(unsent.getHeader('host'), 'localhost:8100');
    unsent.destroy();`;
  await run(lines, '', []);
});

test('a variable that is not a URL of http ends the program with what was expected', async () => {
  for (const variable of ['127.0.0.1:8100', 'https://127.0.0.1:8100', 'nonsense']) {
    await assert.rejects(run('', variable), /expected a URL like http:\/\/127\.0\.0\.1:8100/);
  }
});
