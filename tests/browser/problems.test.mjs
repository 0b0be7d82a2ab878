// What the demo page makes of an answer of the launcher. Run: node --test problems.test.mjs

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { LauncherError, NoAnswer } from '../../safe-mock/demo/problems.js';

const refused = (status, errorCode, path = '/0.5/structured-data/7') =>
  new LauncherError('PUT', path, status, JSON.stringify({ errorCode, description: 'NFS error' }));

/** What a meeting does about a problem. */
const kinds = (error) => ['isNotFound', 'isEmptied', 'isTaken', 'isRefusal', 'isSessionLost', 'leavesOpen', 'isTransient'].filter((kind) => error[kind]);

test('each problem is of the kinds that a meeting acts on', () => {
  assert.deepEqual(kinds(refused(404, -12)), ['isNotFound', 'isTransient']);
  assert.deepEqual(kinds(refused(400, -2)), ['isEmptied', 'isTransient']);
  assert.deepEqual(kinds(refused(400, -23)), ['isTaken', 'isTransient']);
  assert.deepEqual(kinds(refused(400, -25)), ['isTaken', 'isTransient']);
  assert.deepEqual(kinds(refused(401, 400)), ['isSessionLost']);
  assert.deepEqual(kinds(refused(401, undefined, '/0.5/auth')), ['isRefusal']);
  assert.deepEqual(kinds(refused(500, -37)), ['leavesOpen', 'isTransient']);
  assert.deepEqual(kinds(new NoAnswer('PUT', '/0.5/structured-data/7')), ['leavesOpen', 'isTransient']);
});

test('the sentence has no path and no code; the details have both', () => {
  for (const error of [refused(400, -23), refused(401, 400), new NoAnswer('GET', '/0.5/structured-data/7', 30_000)]) {
    assert.match(error.message, /^[A-Z].*[.?]$/);
    assert.ok(!/\/0\.5|-?\d{2,3}:/.test(error.message), error.message);
    assert.ok(error.details.some(([, text]) => text.includes('/0.5/structured-data/7')));
  }
  assert.deepEqual(refused(400, -23).details[1], ['Answer', '400, error -23: NFS error']);
});

test('an answer that is not JSON is a problem too', () => {
  const error = new LauncherError('GET', '/0.5/x', 502, 'Bad gateway');
  assert.equal(error.message, 'The launcher refused a request: Bad gateway.');
  assert.deepEqual(error.details[1], ['Answer', '502: Bad gateway']);
});
