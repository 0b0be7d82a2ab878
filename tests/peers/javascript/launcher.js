// The requests of an app to its launcher, as the original app sent them, and in addition those that leave nothing behind.

import { createHash } from 'node:crypto';

const ADDRESS_PREFIX = 'example.signaling.v1-';
const UNVERSIONED = 500;

/** How long one request may take, in milliseconds. */
const REQUEST_TIMEOUT_MS = 10_000;

/** The name of the record of an item, on the network. */
const nameOf = (item) => createHash('sha256').update(btoa(`${ADDRESS_PREFIX}${item}`)).digest('base64');

/** The launcher refused a request. An error of the network has a code too, such as -23: the name is taken. */
export class LauncherError extends Error {
  constructor(request, status, text) {
    super(`${request}: the launcher answered ${status} ${text}`);
    this.status = status;
    this.code = Number(/"errorCode": *(-?[0-9]+)/.exec(text)?.[1]);
  }
}

/** One user's launcher. */
export class Launcher {
  #base;
  #name;
  #token;

  /** The launcher at a URL, for the app of that name. */
  constructor(url, name) {
    this.#name = name;
    this.#base = `${url.replace(/\/$/, '')}/0.5`;
  }

  async authorise() {
    const app = { name: `${this.#name} peer`, id: `tests.${this.#name}`, version: '0.1.0', vendor: 'tests' };
    const answer = await this.#json('POST', 'auth', { app, permissions: ['LOW_LEVEL_API'] });
    this.#token = answer.token;
  }

  /** What is stored under an item, as `{ content, version, isOwner }`. A deleted record has a version and no content. */
  async read(item) {
    const record = await this.#fetch(item);
    if (!record) return {};
    try {
      const { version, isOwner } = record;
      return { content: await this.#content(record.handleId), version, isOwner };
    } finally {
      await this.drop('structured-data/handle', record.handleId);
    }
  }

  /** Stores a content under an item, as that version if one is given. */
  async publish(item, content, version) {
    const data = Buffer.from(JSON.stringify(content)).toString('base64');
    const body = { name: nameOf(item), typeTag: UNVERSIONED, data, version };
    const { handleId } = await this.#json('POST', 'structured-data/', body);
    try {
      await this.send('PUT', `structured-data/${handleId}`);
    } finally {
      await this.drop('structured-data/handle', handleId);
    }
  }

  /** Stores a content as the next version of the own record of an item. */
  async replace(item, content) {
    const { handleId } = await this.#fetch(item);
    try {
      const data = Buffer.from(JSON.stringify(content)).toString('base64');
      await this.send('PATCH', `structured-data/${handleId}`, { data });
      await this.send('POST', `structured-data/${handleId}`);
    } finally {
      await this.drop('structured-data/handle', handleId);
    }
  }

  /** Deletes the record of an item, if it has this content. */
  async remove(item, content) {
    const record = await this.#fetch(item);
    if (!record) return;
    try {
      const stored = await this.#content(record.handleId);
      const isOwn = JSON.stringify(stored) === JSON.stringify(content);
      if (isOwn) await this.send('DELETE', `structured-data/${record.handleId}`);
    } finally {
      await this.drop('structured-data/handle', record.handleId);
    }
  }

  /** A handle and the metadata of the record of an item, or nothing if there never was one. */
  async #fetch(item) {
    const body = { name: nameOf(item), typeTag: UNVERSIONED };
    const { handleId } = await this.#json('POST', 'data-id/structured-data', body);
    try {
      return await this.#json('GET', `structured-data/handle/${handleId}`);
    } catch (error) {
      if (error.status !== 404) throw error;
      return undefined;
    } finally {
      await this.drop('data-id', handleId);
    }
  }

  async #content(handle) {
    try {
      return JSON.parse(await this.send('GET', `structured-data/${handle}/undefined`));
    } catch (error) {
      // The launcher says 400 of a deleted record.
      if (error.status !== 400) throw error;
      return undefined;
    }
  }

  /** Drops a handle of this kind, which is the part of the path before its number. */
  drop(kind, handle) {
    return this.send('DELETE', `${kind}/${handle}`);
  }

  async #json(method, path, body) {
    return JSON.parse(await this.send(method, path, body));
  }

  /** Sends one request, and answers with the text of the response. */
  async send(method, path, body) {
    const headers = {};
    if (body) headers['content-type'] = 'application/json';
    if (this.#token) headers.authorization = `Bearer ${this.#token}`;
    const answer = await fetch(`${this.#base}/${path}`, {
      method,
      headers,
      body: body && JSON.stringify(body),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    const text = await answer.text();
    if (!answer.ok) throw new LauncherError(`${method} ${path}`, answer.status, text);
    return text;
  }
}
