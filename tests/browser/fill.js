// Fills a launcher quickly: many requests over one connection, sent without waiting for each answer.

import { connect } from 'node:net';

/** How many requests are under way at a time. */
const UNDER_WAY = 500;

/** A token of an app that may do everything. */
export async function tokenOf(launcher, app = 'filler') {
  const body = { app: { name: app, id: `net.example.${app}`, vendor: 'Example', version: '1' }, permissions: ['LOW_LEVEL_API'] };
  const answer = await fetch(`${launcher}/auth`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`the app is not let in: ${answer.status}`);
  return (await answer.json()).token;
}

/** One request of an app. */
export async function call(launcher, token, method, path, body) {
  const answer = await fetch(launcher + path, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, why: answer.headers.get('x-mock-why'), text: await answer.text() };
}

/** Sends `total` requests; `request(index)` gives the bytes of each. */
export async function flood(launcher, total, request) {
  const { hostname, port } = new URL(launcher);
  const socket = connect(Number(port), hostname.replace(/^\[|\]$/g, ''));
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  let sent = 0;
  let answered = 0;
  let rest = '';
  const send = () => {
    const part = [];
    while (sent < total && sent - answered < UNDER_WAY) part.push(request(sent++));
    if (part.length > 0) socket.write(part.join(''));
  };
  await new Promise((resolve, reject) => {
    socket.on('error', reject).on('close', () => reject(new Error(`the launcher closed the connection after ${answered} answers`)));
    socket.on('data', (bytes) => {
      const text = rest + bytes.toString('latin1');
      const heads = text.split('HTTP/1.1 ');
      // The last part may end within the words that begin an answer.
      answered += heads.length - 1;
      rest = text.slice(-8);
      if (rest.includes('HTTP/1.1 ')) rest = '';
      if (answered >= total) resolve();
      else send();
    });
    send();
  });
  socket.removeAllListeners('close').destroy();
}

/** Stores as many records, each of its own content, by one request each: versioned content is stored at once. */
export async function storeRecords(launcher, total) {
  const token = await tokenOf(launcher);
  const name = Buffer.alloc(32, 7).toString('base64');
  const head = `POST /structured-data HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${token}\r\ncontent-type: application/json\r\n`;
  await flood(launcher, total, (index) => {
    const body = JSON.stringify({ name, typeTag: 501, data: Buffer.from(`record ${index}`).toString('base64') });
    return `${head}content-length: ${body.length}\r\n\r\n${body}`;
  });
}
