// The events of a room in words, and as a list without the repetitions: the text alternative of the picture.

import { isTick } from './timeline-layout.js';

/** Who did it: `first peer (alice)`. */
export function sideOf({ side, peer }) {
  const name = side === 'second' ? 'second peer' : 'first peer';
  return peer && peer !== name ? `${name} (${peer})` : name;
}

const MANY = {
  looked: (count) => `looked for an offer ${count} times and found none`,
  poll: (count) => `polled ${count} times: no answer yet`,
  poll_failed: (count) => `polled ${count} times: each poll failed`,
};

/** The steps of some events, oldest first: ticks of one kind that follow each other are one step, with all their events. */
export function steps(events) {
  const all = [];
  // The latest ticks of each side, as long as that side does nothing else.
  const open = new Map();
  for (const event of events) {
    const last = open.get(event.side);
    if (isTick(event) && last?.kind === event.kind) {
      last.events.push(event);
      continue;
    }
    const step = { kind: event.kind, side: event.side, events: [event] };
    if (isTick(event)) open.set(event.side, step);
    else open.clear();
    all.push(step);
  }
  return all.map((step) => ({ ...step, text: textOf(step) }));
}

function textOf({ kind, events }) {
  return events.length === 1 ? events[0].text : MANY[kind](events.length);
}
