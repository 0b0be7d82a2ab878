// The requests to the launcher, as the original app made them, each told to whoever watches. Two things differ: handles
// are dropped when they are done with, and what this page stored can be erased again, so that a room can be used twice.

import { recordName } from './room.js';

const BASE = '/0.5';
const UNVERSIONED = 500;

const APP = {
  name: 'SAFE Signaling Demo',
  id: 'example.signaling.v1',
  version: '0.1.0',
  vendor: 'MaidSafe Ltd.',
};

/** What the launcher means by its error codes, where this page can do something about it. */
const DATA_EXISTS = -23;
const NOT_THE_SUCCESSOR = -25;
const NO_CONTENT = -2;

/** The launcher did not answer with 200. */
export class LauncherError extends Error {
  constructor(method, path, status, text) {
    const { errorCode, description } = asError(text);
    super(
      status === 401 && path.endsWith('/auth')
        ? 'the launcher refused to authorise the app: its user said no, or nobody is logged in'
        : `${method} ${path}: the launcher answered ${status}, error ${errorCode}: ${description}`,
    );
    this.status = status;
    this.code = errorCode;
  }

  /** Whether somebody else stored something there first. */
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

/** One app's session with the launcher that this page came from. */
export class Launcher {
  #token;
  #watch;
  #signal;

  /** `watch` is told of each request twice: when it leaves, and with `status` and `ms` when it is answered. */
  constructor({ watch, signal }) {
    this.#watch = watch;
    this.#signal = signal;
  }

  async authorise() {
    const ask = { app: APP, permissions: ['LOW_LEVEL_API'] };
    const answer = await this.#request('ask to be let in', 'POST', '/auth', { json: ask });
    this.#token = (await answer.json()).token;
  }

  /**
   * Looks for what is stored under an item: `content`, or without one the `version` by which the name can be claimed.
   * Whoever reads first finds nothing, and version 0.
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
      // Who stored it has erased it.
      if (error.code === NO_CONTENT) return { version: record.version + 1 };
      throw error;
    } finally {
      this.#drop(`/structured-data/handle/${record.handleId}`);
    }
  }

  /** Stores an object under an item, and answers with the handle by which it can be erased. */
  async publish(item, object, why, version = 0) {
    const json = { name: await recordName(item), typeTag: UNVERSIONED, data: base64(JSON.stringify(object)) };
    // The original does not know of versions.
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

  /** Erases what was published. It may be on its way while the page closes, and nobody waits for it. */
  async erase(handle) {
    try {
      await this.#request('tidy up', 'DELETE', `/structured-data/${handle}`, { outlivesPage: true });
    } catch {
      // The record was erased already, or the launcher is gone. The log shows which.
    }
    this.#drop(`/structured-data/handle/${handle}`);
  }

  /** Gives a handle back. Nobody waits for it, and nothing depends on it. */
  #drop(path) {
    this.#request('give a handle back', 'DELETE', path, { outlivesPage: true }).catch(() => {});
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
    this.#watch(entry);
    const answered = (status) => this.#watch(Object.assign(entry, { status, ms: performance.now() - began }));
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
      answered(error.name === 'AbortError' ? 'given up' : 'no answer');
      if (error.name === 'AbortError') throw error;
      throw new Error('the launcher cannot be reached: is it still running?');
    }
    answered(answer.status);
    if (answer.status !== 200) throw new LauncherError(method, entry.path, answer.status, await answer.text());
    return answer;
  }
}
