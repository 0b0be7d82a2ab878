// The requests of the original app to the launcher, each reported to `onRequest`. Two differences: handles are dropped
// after use, and records can be deleted, so that a room can be used again.

import { LauncherError, NoAnswer } from './problems.js';
import { recordName } from './room.js';

const BASE = '/0.5';
const UNVERSIONED = 500;

/** How long an answer may take. That to a request for a session takes as long as the user of the launcher thinks. */
const ANSWER_TIMEOUT_MS = 30_000;

export const APP = {
  name: 'SAFE Signaling Demo',
  id: 'example.signaling.v1',
  version: '0.1.0',
  vendor: 'MaidSafe Ltd.',
};

/** Base64 of a text's UTF-8. */
const base64 = (text) => btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(''));

/** What is stored, if it is JSON; else its text. */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

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
    this.#token = undefined;
    const ask = { app: APP, permissions: ['LOW_LEVEL_API'] };
    const text = await this.#request('ask for a session', 'POST', '/auth', { json: ask, isPatient: true });
    this.#token = JSON.parse(text).token;
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
      record = JSON.parse(await this.#request(why, 'GET', `/structured-data/handle/${named}`));
    } catch (error) {
      if (error.isNotFound) return { version: 0 };
      throw error;
    } finally {
      this.#drop(`/data-id/${named}`);
    }
    try {
      return { content: parsed(await this.#request(why, 'GET', `/structured-data/${record.handleId}/undefined`)) };
    } catch (error) {
      if (error.isEmptied) return { version: record.version + 1 };
      throw error;
    } finally {
      this.#drop(`/structured-data/handle/${record.handleId}`);
    }
  }

  /**
   * Stores an object under an item; returns the handle by which it can be deleted. If that may be stored nevertheless, the error
   * has the handle. A browser repeats a request by itself where its connection breaks, and then its own record is in its way.
   */
  async publish(item, object, why, version = 0) {
    const json = { name: await recordName(item), typeTag: UNVERSIONED, data: base64(JSON.stringify(object)) };
    // The original app sends no version.
    if (version > 0) json.version = version;
    const handle = await this.#handle(why, 'POST', '/structured-data/', { json });
    try {
      await this.#request(why, 'PUT', `/structured-data/${handle}`);
    } catch (error) {
      if (error.leavesOpen || error.isTaken) error.handle = handle;
      else this.#drop(`/structured-data/handle/${handle}`);
      throw error;
    }
    return handle;
  }

  /**
   * Deletes the record of an item, by its handle if that is not lost. The requests outlive the page; returns whether the record
   * was deleted. The table of requests shows why not.
   */
  async delete(item, handle) {
    const why = 'delete the record';
    const del = (of) => this.#request(why, 'DELETE', `/structured-data/${of}`, { outlivesPage: true });
    try {
      if (handle !== undefined) await del(handle).finally(() => this.release(handle));
      return handle !== undefined;
    } catch (error) {
      if (error.status === 401 || !error.isTransient) return false;
    }
    return this.#deleteAnew(item, del).catch(() => false);
  }

  /** Deletes a record by a new handle. */
  async #deleteAnew(item, del) {
    const json = { name: await recordName(item), typeTag: UNVERSIONED };
    const named = await this.#handle('delete the record', 'POST', '/data-id/structured-data', { json, outlivesPage: true });
    try {
      const options = { outlivesPage: true };
      const text = await this.#request('delete the record', 'GET', `/structured-data/handle/${named}`, options);
      const { handleId } = JSON.parse(text);
      await del(handleId).finally(() => this.release(handleId));
      return true;
    } finally {
      this.#drop(`/data-id/${named}`);
    }
  }

  /** Drops the handle of a record. */
  release(handle) {
    this.#drop(`/structured-data/handle/${handle}`);
  }

  /** Drops a handle. The result is ignored. */
  #drop(path) {
    this.#request('drop a handle', 'DELETE', path, { outlivesPage: true }).catch(() => {});
  }

  async #handle(why, method, path, options) {
    return JSON.parse(await this.#request(why, method, path, options)).handleId;
  }

  async #request(why, method, path, { json, outlivesPage = false, isPatient = false } = {}) {
    const headers = {};
    if (this.#token) headers.Authorization = `Bearer ${this.#token}`;
    if (json) headers['Content-Type'] = 'application/json';
    const began = performance.now();
    const entry = { why, method, path: BASE + path, began };
    this.#onRequest(entry);
    const answered = (status) => this.#onRequest(Object.assign(entry, { status, ms: performance.now() - began }));
    let [status, text] = [];
    try {
      const answer = await fetch(entry.path, {
        method,
        headers,
        body: json && JSON.stringify(json),
        keepalive: outlivesPage,
        signal: this.#limit(outlivesPage, isPatient),
      });
      [status, text] = [answer.status, await answer.text()];
    } catch (error) {
      answered(error.name === 'AbortError' ? 'aborted' : 'no answer');
      if (error.name === 'AbortError') throw error;
      throw new NoAnswer(method, entry.path, error.name === 'TimeoutError' ? ANSWER_TIMEOUT_MS : undefined);
    }
    answered(status);
    if (status !== 200) throw new LauncherError(method, entry.path, status, text);
    return text;
  }

  /** Until when a request goes on: the user leaves, or the launcher takes too long. */
  #limit(outlivesPage, isPatient) {
    if (isPatient) return this.#signal;
    const late = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
    return outlivesPage ? late : AbortSignal.any([this.#signal, late]);
  }
}
