// Where each thing of a room's time-line stands: pure arithmetic over the events of a room, without any element.
//
// A scale that is true to time would show a wait of half a minute, and everything that matters as one point at its end. So
// each step (something was stored, read, removed or refused) keeps a distance from the next, a long silence has a fixed
// width, and the rest of the width is shared in proportion to the square root of the time that passes.

/** Events that come again and again: drawn as ticks, and merged where they would touch. */
const TICKS = ['looked', 'poll', 'poll_failed'];

/** The free space left and right of the first and the last event. */
const PAD_PX = 18;
/** The least distance between two steps. */
const STEP_PX = 34;
/** The width of a long silence. */
const SILENCE_PX = 92;
/** The most width that the ticks between two steps ask for. */
const TICKS_PX_MAX = 60;
/** Ticks that are closer than this are merged. */
const MERGE_PX = 3;
/** A silence is long from here on, and where it is this many times as long as what usually lies between two events. */
const SILENCE_MS = 5_000;
const SILENCE_TIMES = 4;
/** The distance between two texts, and the width of one letter of theirs. */
const TEXT_GAP_PX = 8;
const LETTER_PX = 7;

/** How many steps are drawn: the latest. The list below the picture has them all. */
export const STEPS_MAX = 300;

export const isTick = ({ kind }) => TICKS.includes(kind);

/** Half the width of a text. */
export const halfWidth = (text) => (text.length * LETTER_PX) / 2;

/** A length of time for people: `850 ms`, `33.1 s`, `4 min 20 s`, `2 h 5 min`. */
export function duration(ms) {
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 9_995) return `${(ms / 1_000).toFixed(2)} s`;
  if (ms < 59_950) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.round(ms / 60_000);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/**
 * The layout of some events, oldest first. `nowMs` is the time up to which the picture lasts, `width` the least width in
 * pixels, `isTrue` asks for a scale that is true to time.
 */
export function layout(events, { nowMs, width, isTrue = false }) {
  const shown = latest([...events].sort((one, other) => one.atMs - other.atMs));
  if (shown.length === 0) return { width, marks: [], spans: [], lives: [], silences: [], axis: [] };
  const endMs = Math.max(nowMs ?? 0, shown.at(-1).atMs);
  const knots = isTrue ? trueKnots(shown, endMs, width) : readableKnots(shown, endMs, width);
  const placed = shown.map((event) => ({ event, x: knots.of.get(event) ?? between(knots.list, event.atMs) }));
  const endX = knots.list.at(-1).x;
  const whole = Math.max(width, endX + PAD_PX);
  return {
    width: whole,
    marks: marks(placed),
    spans: spans(placed),
    lives: lives(placed, knots.list[0].x, endX),
    silences: silences(knots.list),
    axis: axis(knots.list, shown[0].atMs, whole),
  };
}

function latest(events) {
  const steps = events.filter((event) => !isTick(event));
  if (steps.length <= STEPS_MAX) return events;
  const from = steps.at(-STEPS_MAX).atMs;
  return events.filter(({ atMs }) => atMs >= from);
}

/** The points that the scale goes through: `t` in time, `x` in pixels, and how long it was silent before, if for long. */
function readableKnots(events, endMs, width) {
  const longMs = longSilence(events);
  const list = [{ t: events[0].atMs, least: 0, weight: 0 }];
  const of = new Map();
  let [before, ticks] = [undefined, 0];
  const knot = (t, { isStep = false, side, silentMs } = {}) => {
    const last = list.at(-1);
    const passed = t - last.t;
    const isApart = passed > 0 || side === last.side;
    let least = Math.min(ticks * MERGE_PX, TICKS_PX_MAX);
    if (isStep && last.isStep && isApart) least = Math.max(least, STEP_PX);
    if (silentMs) least = SILENCE_PX;
    list.push({ t, isStep, side, silentMs, least, weight: silentMs ? 0 : Math.sqrt(passed) });
    ticks = 0;
  };
  for (const event of events) {
    const silentMs = before ? event.atMs - before.atMs : 0;
    if (silentMs > longMs) {
      if (isTick(before)) knot(before.atMs);
      knot(event.atMs, { isStep: !isTick(event), side: event.side, silentMs });
      of.set(event, list.length - 1);
    } else if (isTick(event)) {
      ticks += 1;
    } else {
      knot(event.atMs, { isStep: true, side: event.side });
      of.set(event, list.length - 1);
    }
    before = event;
  }
  const silentMs = endMs - before.atMs;
  if (silentMs > longMs) {
    if (isTick(before)) knot(before.atMs);
    knot(endMs, { silentMs });
  } else if (endMs > list.at(-1).t) {
    knot(endMs);
  }
  place(list, width);
  return { list, of: new Map([...of].map(([event, at]) => [event, list[at].x])) };
}

function place(list, width) {
  const least = list.reduce((sum, knot) => sum + knot.least, 0);
  const weight = list.reduce((sum, knot) => sum + knot.weight, 0);
  const free = Math.max(0, width - 2 * PAD_PX - least);
  let x = PAD_PX;
  for (const knot of list) {
    x += knot.least + (weight > 0 ? (free * knot.weight) / weight : 0);
    knot.x = x;
  }
}

function trueKnots(events, endMs, width) {
  const t = events[0].atMs;
  return { list: [{ t, x: PAD_PX }, { t: Math.max(endMs, t + 1), x: width - PAD_PX }], of: new Map() };
}

/** From when on a silence is long: some times as long as what usually lies between two ticks. */
function longSilence(events) {
  const ticks = events.filter(({ kind }) => kind === 'poll' || kind === 'poll_failed');
  const apart = ticks.slice(1).map(({ atMs }, at) => atMs - ticks[at].atMs);
  apart.sort((one, other) => one - other);
  return Math.max(SILENCE_MS, SILENCE_TIMES * (apart[apart.length >> 1] ?? 0));
}

/** The place of a time between two knots. */
function between(list, t) {
  let [low, high] = [0, list.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (list[middle].t <= t) low = middle;
    else high = middle;
  }
  const [from, to] = [list[low], list[high]];
  if (to.t <= from.t) return from.x;
  return from.x + ((to.x - from.x) * Math.min(t - from.t, to.t - from.t)) / (to.t - from.t);
}

/** The long silences, each between the knot before and its own. */
const silences = (list) =>
  list.flatMap(({ silentMs, x }, at) => (silentMs ? [{ x1: list[at - 1].x, x2: x, text: duration(silentMs) }] : []));

/** Steps, and ticks that are merged where they would touch; from left to right. */
function marks(placed) {
  const open = new Map();
  const all = [];
  for (const { event, x } of placed) {
    const key = `${event.side} ${event.kind}`;
    const last = open.get(key);
    if (isTick(event) && last && x - last.x2 < MERGE_PX) {
      last.x2 = x;
      last.events.push(event);
      continue;
    }
    const mark = { x1: x, x2: x, side: event.side, kind: event.kind, events: [event] };
    if (isTick(event)) open.set(key, mark);
    all.push(mark);
  }
  return all;
}

/** From the first to the last event of each session, on its lane. */
function spans(placed) {
  const all = new Map();
  for (const { event, x } of placed) {
    const key = `${event.side} ${event.launcher} ${event.session}`;
    const span = all.get(key);
    if (span) span.x2 = x;
    else all.set(key, { side: event.side, x1: x, x2: x });
  }
  return [...all.values()];
}

/** How long the offer and the answer were stored. */
function lives(placed, startX, endX) {
  const all = [];
  for (const what of ['offer', 'answer']) {
    let since;
    for (const { event, x } of placed) {
      if (event.kind === `${what}_stored`) {
        if (since !== undefined) all.push({ what, x1: since, x2: x });
        since = x;
      } else if (event.kind === `${what}_removed`) {
        all.push({ what, x1: since ?? startX, x2: x });
        since = undefined;
      }
    }
    if (since !== undefined) all.push({ what, x1: since, x2: endX, isOpen: true });
  }
  return all;
}

/** Times since the first event, where there is room for them. */
function axis(list, startMs, width) {
  const all = [];
  let free = 0;
  for (const { t, x } of list) {
    const text = t === startMs ? '0 s' : duration(t - startMs);
    const half = halfWidth(text);
    const middle = Math.min(Math.max(x, half + 2), width - half - 2);
    if (middle - half < free) continue;
    all.push({ x: middle, at: x, text });
    free = middle + half + TEXT_GAP_PX;
  }
  return all;
}

/** Which of some texts at `x` can be shown in one row, without one over another: `room` is the width. */
export function fitting(texts, room) {
  let free = 0;
  return texts.filter(({ x, text }) => {
    const half = halfWidth(text);
    if (x - half < free || x + half > room) return false;
    free = x + half + TEXT_GAP_PX;
    return true;
  });
}
