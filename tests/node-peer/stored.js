// Reads from the control plane what the network of a launcher has stored.

import { createHash } from 'node:crypto';

const PATIENCE_MS = 30_000;
const LOOK_MS = 20;

/** Waits until a room has an offer. */
export async function offered(launcher, room) {
  const address = btoa(`example.signaling.v1-${room}`);
  const name = createHash('sha256').update(address).digest('base64');
  await until(async () => (await live(launcher)).some((record) => record.name === name), `no offer was stored in ${room}`);
}

/** Waits until at most `count` records are live. */
export const stored = (launcher, count) =>
  until(async () => (await readable(launcher)) <= count, `more than ${count} records stay live`);

/** The number of live records. */
export const readable = async (launcher) => (await live(launcher)).length;

async function live(launcher) {
  const answer = await fetch(`${launcher}/__mock/network`);
  if (!answer.ok) throw new Error(`the launcher answered ${answer.status}`);
  const { records } = await answer.json();
  return records.filter(({ state }) => state === 'live');
}

async function until(holds, otherwise) {
  const late = Date.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (Date.now() > late) throw new Error(otherwise);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
