// The requests of the original app to the launcher, each reported to `onRequest`. Two differences: handles are dropped
// after use, and records can be deleted, so that a room can be used again.

import { recordName } from './room.js';

const BASE = '/0.5';
const UNVERSIONED = 500;

const APP = {
  name: 'SAFE Signaling Demo',
  id: 'example.signaling.v1',
  version: '0.1.0',
  vendor: 'MaidSafe Ltd.',
};

/** The error codes of the launcher that this page handles. */
const DATA_EXISTS = -23;
const NOT_THE_SUCCESSOR = -25;
const NO_CONTENT = -2;

/** The launcher did not answer with 200. */
export class LauncherError extends Error {
  constructor(method, path, status, text) {
    const { errorCode, description } = asError(text);
    super(
      status === 401 && path.endsWith('/auth')
        ? 'the launcher refused to authorise the app: its user did not let the app in, or nobody is logged in'
        : `${method} ${path}: the launcher answered ${status}, error ${errorCode}: ${description}`,
    );
    this.status = status;
    this.code = errorCode;
  }

  /** Whether another peer stored something there first. */
  get isTaken() {
    return this.code === DATA_EXISTS || this.code === NOT_THE_SUCCESSOR;
  }
}

function asError(text) {
  try {
    return JSON.parse(text);
  } catch {
    return { errorCode: 'none', description: text };
  }
}

/** Base64 of a text's UTF-8. */
const base64 = (text) => btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(''));

/** A session with the launcher that serves this page. */
export class Launcher {
  #token;
  #onRequest;
  #signal;

  /** `onRequest` is called twice for each request: when it is sent, and with `status` and `ms` when it is answered. */
  constructor({ onRequest, signal }) {
    this.#onRequest = onRequest;
    this.#signal = signal;
  }

  async authorise() {
    const ask = { app: APP, permissions: ['LOW_LEVEL_API'] };
    const answer = await this.#request('ask for a session', 'POST', '/auth', { json: ask });
    this.#token = (await answer.json()).token;
  }

  /**
   * Reads the record of an item: its `content`, or, if there is none, the `version` with which its name can be claimed:
   * 0 for a name that was never used.
   */
  async read(item, why) {
    const named = await this.#handle(why, 'POST', '/data-id/structured-data', {
      json: { name: await recordName(item), typeTag: UNVERSIONED },
    });
    let record;
    try {
      const answer = await this.#request(why, 'GET', `/structured-data/handle/${named}`);
      record = await answer.json();
    } catch (error) {
      if (error.status === 404) return { version: 0 };
      throw error;
    } finally {
      this.#drop(`/data-id/${named}`);
    }
    try {
      const answer = await this.#request(why, 'GET', `/structured-data/${record.handleId}/undefined`);
      return { content: await answer.json() };
    } catch (error) {
      // The record was deleted.
      if (error.code === NO_CONTENT) return { version: record.version + 1 };
      throw error;
    } finally {
      this.#drop(`/structured-data/handle/${record.handleId}`);
    }
  }

  /** Stores an object under an item; returns the handle by which it can be deleted. */
  async publish(item, object, why, version = 0) {
    const json = { name: await recordName(item), typeTag: UNVERSIONED, data: base64(JSON.stringify(object)) };
    // The original app sends no version.
    if (version > 0) json.version = version;
    const handle = await this.#handle(why, 'POST', '/structured-data/', { json });
    try {
      await this.#request(why, 'PUT', `/structured-data/${handle}`);
    } catch (error) {
      this.#drop(`/structured-data/handle/${handle}`);
      throw error;
    }
    return handle;
  }

  /** Deletes a record. The request outlives the page, and its result is ignored. */
  async delete(handle) {
    try {
      await this.#request('delete the record', 'DELETE', `/structured-data/${handle}`, { outlivesPage: true });
    } catch {
      // The record was deleted already, or the launcher has stopped. The table of requests shows which.
    }
    this.#drop(`/structured-data/handle/${handle}`);
  }

  /** Drops a handle. The result is ignored. */
  #drop(path) {
    this.#request('drop a handle', 'DELETE', path, { outlivesPage: true }).catch(() => {});
  }

  async #handle(why, method, path, options) {
    const answer = await this.#request(why, method, path, options);
    return (await answer.json()).handleId;
  }

  async #request(why, method, path, { json, outlivesPage = false } = {}) {
    const headers = {};
    if (this.#token) headers.Authorization = `Bearer ${this.#token}`;
    if (json) headers['Content-Type'] = 'application/json';
    const began = performance.now();
    const entry = { why, method, path: BASE + path, began };
    this.#onRequest(entry);
    const answered = (status) => this.#onRequest(Object.assign(entry, { status, ms: performance.now() - began }));
    let answer;
    try {
      answer = await fetch(entry.path, {
        method,
        headers,
        body: json && JSON.stringify(json),
        keepalive: outlivesPage,
        signal: outlivesPage ? undefined : this.#signal,
      });
    } catch (error) {
      answered(error.name === 'AbortError' ? 'aborted' : 'no answer');
      if (error.name === 'AbortError') throw error;
      throw new Error('the launcher cannot be reached: is it still running?');
    }
    answered(answer.status);
    if (answer.status !== 200) throw new LauncherError(method, entry.path, answer.status, await answer.text());
    return answer;
  }
}
