// What the scripts of the modules and the stories share: claims that are checked and counted, and how safe-js fails.

import assert from 'node:assert/strict';

import safe from 'safe-js';

/** The launcher that safe-js calls, and a second one on the same network, with another account. */
export const LAUNCHER = 'http://localhost:8100';
export const OTHER_LAUNCHER = 'http://localhost:8101';

export const UNVERSIONED = 500;
export const VERSIONED = 501;

const APP = { name: 'safe-js', id: 'tests.safe-js', version: '0.3.3', vendor: 'tests', permissions: ['LOW_LEVEL_API'] };

/** What is sent to authorise an app: each script has its own, so that its directories are its own. */
export const app = (id, permissions = APP.permissions) => ({ ...APP, id: `${APP.id}.${id}`, permissions });

export const authorised = async (id, permissions) => (await safe.auth.authorise(app(id, permissions))).token;

/** Functions of the module of this script that were not used yet, by their names. */
const unused = new Set();
let tested;

/** A module of safe-js. The last claim of the script is then that it used every function. */
export function everyFunctionOf(name) {
  const module = safe[name];
  tested = name;
  for (const [key, value] of Object.entries(module)) if (typeof value === 'function') unused.add(key);
  return new Proxy(module, {
    get(target, key) {
      unused.delete(key);
      return target[key];
    },
  });
}

let passed = 0;
let failed = 0;

export async function check(claim, body) {
  try {
    await body();
    passed += 1;
    console.log(`ok    ${claim}`);
  } catch (error) {
    failed += 1;
    process.exitCode = 1;
    console.log(`FAIL  ${claim}`);
    // On some routes safe-js rejects with the response itself.
    console.log(error instanceof Error ? error.stack : `rejected with ${error?.status ?? error}`);
  }
}

/** The last claims of each script, and the count. */
export async function finish() {
  if (tested) await check(`every function of ${tested} was used`, () => assert.deepEqual([...unused], []));
  await check('every handle was dropped', async () => {
    for (const launcher of [LAUNCHER, OTHER_LAUNCHER]) {
      // Beside the kinds, the answer lists the handles with the requests that made them.
      const { handles: _list, ...kinds } = await (await fetch(`${launcher}/__mock/handles`)).json();
      for (const [kind, { numbers }] of Object.entries(kinds)) assert.deepEqual(numbers, [], `${kind} at ${launcher}`);
    }
  });
  console.log(`${passed} passed, ${failed} failed`);
}

// Most errors of safe-js hide the reason: `new Error({...})` reads "[object Object]" (launcher behaviour §10.1).
// A failed assertion or a mistake in a script is a different error.
export const byLauncher = (error) => error?.message === '[object Object]';

/** An error of safe-js that names the status, or the response itself. */
export const withStatus = (status) => (error) => error?.status === status || error?.message?.includes(`status ${status} `);

/** Some functions of safe-js reject with the response (401 and 404 only), and so show the code of the error. */
export async function rejectsWith(status, errorCode, promise) {
  const response = await promise.then(
    () => assert.fail('was not refused'),
    (reason) => reason,
  );
  if (response instanceof Error) throw response;
  assert.equal(response.status, status);
  assert.equal((await response.json()).errorCode, errorCode);
}

/** safe-js reads every answer of some routes as JSON, so that it fails at `OK` although the launcher did what was asked. */
export const doneButRejected = (promise) =>
  assert.rejects(promise, (error) => error.name === 'FetchError' && error.type === 'invalid-json');

/** A request that safe-js has no function for. Gives the status and the body, as JSON if it is some. */
export async function plain(method, path, { token, json, headers = {}, body, launcher = LAUNCHER } = {}) {
  const all = { ...headers };
  if (token) all.Authorization = `Bearer ${token}`;
  if (json !== undefined) all['Content-Type'] = 'application/json';
  const response = await fetch(`${launcher}/0.5/${path}`, {
    method,
    headers: all,
    body: json === undefined ? body : JSON.stringify(json),
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  const isJson = response.headers.get('content-type')?.startsWith('application/json');
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(bytes) : bytes };
}

export const base64 = (text) => Buffer.from(text).toString('base64');
export const handleOf = async (answer) => (await answer).handleId;

/** Another user logs in at a launcher. Tokens from before stay those of the user from before. */
export async function logInAnother(launcher = LAUNCHER) {
  const response = await fetch(`${launcher}/__mock/accounts`, { method: 'POST' });
  assert.equal(response.status, 200);
}
