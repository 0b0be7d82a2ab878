// Leads a Node program to another launcher than the one at port 8100, for clients that cannot be told an address, such as safe-js:
//
//   SAFE_LAUNCHER_URL=http://127.0.0.1:4711 NODE_OPTIONS="--require /path/to/safe-launcher-url.cjs" node app.js
//
// Each request of `http` and `fetch` to http://localhost:8100 or http://127.0.0.1:8100 goes to the host and port of
// SAFE_LAUNCHER_URL. Nothing else of it changes but a Host header that names the former address. Without the variable this file
// changes nothing. The harness loads it into the programs that it starts; docs/peers.md explains when.

'use strict';

const http = require('node:http');
const { syncBuiltinESMExports } = require('node:module');
const { urlToHttpOptions } = require('node:url');

const FORMER_NAMES = ['localhost', '127.0.0.1'];
const FORMER_PORT = 8100;

/** Whether a Host header names the former launcher. */
const isFormerHost = (host) => FORMER_NAMES.some((name) => `${name}:${FORMER_PORT}` === String(host).toLowerCase());

const isHostName = (name) => typeof name === 'string' && name.toLowerCase() === 'host';

/** The headers of a request of `http`, in any of its forms: an object, pairs, or names and values in turn. */
function movedHeaders(headers, target) {
  const moved = (name, value) => (isHostName(name) && isFormerHost(value) ? target.host : value);
  if (!Array.isArray(headers)) {
    return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, moved(name, value)]));
  }
  if (Array.isArray(headers[0])) return headers.map(([name, value]) => [name, moved(name, value)]);
  return headers.map((value, index) => (index % 2 === 1 ? moved(headers[index - 1], value) : value));
}

/** The options of a request of `http`, as Node itself puts them together; nothing if Node would refuse the arguments. */
function optionsOf(args) {
  const [first, second] = args;
  const isUrl = first?.href && first.protocol && first.auth === undefined && first.path === undefined;
  if (typeof first !== 'string' && !isUrl) return first;
  if (!URL.canParse(first)) return undefined;
  return { ...urlToHttpOptions(new URL(first)), ...(typeof second === 'function' ? undefined : second) };
}

/** Whether a request of `http` with these options goes to the former launcher. */
function isForFormer({ protocol, hostname, host, port, socketPath }) {
  const name = hostname || host || 'localhost';
  return (protocol ?? 'http:') === 'http:' && !socketPath && FORMER_NAMES.includes(name) && Number(port) === FORMER_PORT;
}

/** `http.request` or `http.get`, of which a request to the former launcher goes to the target. */
function movedRequest(original, target) {
  // An address of IPv6 has brackets in a URL, and none in options.
  const hostname = target.hostname.replace(/^\[(.*)\]$/, '$1');
  const port = Number(target.port || 80);
  return (...args) => {
    const options = optionsOf(args);
    if (!options || !isForFormer(options)) return original(...args);
    const moved = { ...options, host: hostname, hostname, port };
    if (options.headers) moved.headers = movedHeaders(options.headers, target);
    return original(moved, args.find((arg) => typeof arg === 'function'));
  };
}

/** `fetch`, of which a request to the former launcher goes to the target. */
function movedFetch(original, target) {
  return (input, init) => {
    const isRequest = input instanceof Request;
    const address = isRequest ? input.url : String(input);
    const url = URL.canParse(address) ? new URL(address) : undefined;
    if (url?.protocol !== 'http:' || !isFormerHost(url.host)) return original(input, init);

    url.hostname = target.hostname;
    url.port = target.port;
    const headers = new Headers(init?.headers ?? (isRequest ? input.headers : undefined));
    if (isFormerHost(headers.get('host'))) {
      headers.set('host', target.host);
      init = { ...init, headers };
    }
    return original(isRequest ? new Request(url, input) : url, init);
  };
}

/** The URL in the variable, or nothing if there is none. */
function target() {
  const given = process.env.SAFE_LAUNCHER_URL;
  if (!given) return undefined;
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url?.protocol === 'http:') return url;
  throw new Error(`SAFE_LAUNCHER_URL is ${JSON.stringify(given)}; expected a URL like http://127.0.0.1:8100`);
}

const launcher = target();
if (launcher) {
  http.request = movedRequest(http.request, launcher);
  http.get = movedRequest(http.get, launcher);
  // `import { request } from 'node:http'` then has the new functions too.
  syncBuiltinESMExports();
  globalThis.fetch = movedFetch(globalThis.fetch, launcher);
}
