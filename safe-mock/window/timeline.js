// The time-line of a room, as a picture: the lane of the first peer, what the launchers have stored, the lane of the second
// peer. It needs nothing but the events; the window and the demo page show it.

import { make, svg } from './dom.js';
import { duration, fitting, halfWidth, isTick, layout } from './timeline-layout.js';
import { sideOf } from './timeline-words.js';

const HEIGHT_PX = 224;
/** The height of each lane, and of what is stored between them. */
const LANE = { first: 56, second: 156 };
const STORED = { offer: 98, answer: 114 };
const EDGE = { first: 84, second: 128 };
const LABELS = { first: [34, 18], second: [184, 199] };
const AXIS = 218;
/** How far from a mark a pointer still finds it. */
const REACH_PX = 24;

/** How marks are read, where there is a pointer and a keyboard, or fingers alone. */
function hint(hasLinks, isTrue) {
  const isTouch = matchMedia('(hover: none)').matches;
  const link = hasLinks && !isTouch ? '; a click opens its request' : '';
  const how = isTouch
    ? `Tap a mark to ${hasLinks ? 'open its request' : 'read it'}.`
    : `Point at a mark to read it${link}. With the keyboard: arrow keys, and Shift to skip polls.`;
  return isTrue ? how : `Distances are not to scale. ${how}`;
}

const WORDS = {
  offer_stored: 'offer',
  offer_read: 'reads offer',
  own_offer_read: 'checks its own offer',
  offer_removed: 'removes offer',
  answer_stored: 'answer',
  answer_found: 'finds answer',
  answer_removed: 'removes answer',
  refused: 'refused',
};

/** What a mark says: of one event its text, of merged ticks how many there are. */
export function sentence(mark, startMs) {
  const [first, last] = [mark.events[0], mark.events.at(-1)];
  const when = duration(first.atMs - startMs);
  if (mark.events.length === 1) return `${when}, ${sideOf(first)}: ${first.text}`;
  const what = { looked: 'times no offer was found', poll: 'polls without an answer', poll_failed: 'failed polls' }[mark.kind];
  return `${when} to ${duration(last.atMs - startMs)}, ${sideOf(first)}: ${mark.events.length} ${what}`;
}

/**
 * A time-line without events. `link` makes a link to an event's request, or returns nothing; `show` draws the events that it is
 * given, up to `nowMs`, and keeps the mark that has the focus.
 */
export class Timeline {
  #link;
  #events = [];
  #nowMs = 0;
  #isTrue = false;
  #drawn;
  #current;
  #hasLinks = false;
  #you;
  #pointer;
  #names = make('div', { class: 'tl-names', aria: { hidden: 'true' } });
  #scroll = make('div', { class: 'tl-scroll' });
  #readout = make('p', { class: 'tl-readout' });

  constructor({ link = () => undefined } = {}) {
    this.#link = link;
    const picture = make('div', { class: 'tl-picture' }, this.#names, this.#scroll);
    this.element = make('div', { class: 'tl' }, picture, this.#readout);
    // Drawn again for the width that there is. A hidden time-line has none.
    new ResizeObserver(() => this.#draw()).observe(this.#scroll);
    this.#scroll.addEventListener('pointermove', (event) => this.#pointed(event));
    this.#scroll.addEventListener('pointerleave', () => this.#left());
    this.#scroll.addEventListener('keydown', (event) => this.#key(event));
    this.#scroll.addEventListener('focusin', ({ target }) => this.#choose(this.#markOf(target)));
    this.#scroll.addEventListener('click', (event) => this.#clicked(event));
  }

  /** Shows events, oldest first, up to a time. `isTrue` draws them true to time; `you` is the side of who looks at it. */
  show(events, nowMs, { isTrue = false, you } = {}) {
    [this.#events, this.#nowMs, this.#isTrue, this.#you] = [events, nowMs, isTrue, you];
    this.#draw();
  }

  /** Draws the same events true to time, or so that each step has room. */
  scale(isTrue) {
    this.#isTrue = isTrue;
    this.#draw();
  }

  #draw() {
    const width = this.#scroll.clientWidth;
    if (width === 0) return;
    const focused = this.#focused()?.events[0];
    const atEnd = this.#scroll.scrollWidth - this.#scroll.scrollLeft - width < 8;
    const drawn = layout(this.#events, { nowMs: this.#nowMs, width, isTrue: this.#isTrue });
    this.#drawn = drawn;
    this.#current = undefined;
    this.#hasLinks = false;
    this.#nameLanes();
    this.#scroll.replaceChildren(this.#picture(drawn));
    if (atEnd) this.#scroll.scrollLeft = this.#scroll.scrollWidth;
    const again = focused && drawn.marks.find(({ events }) => events.some((event) => isSameEvent(event, focused)));
    if (again) {
      this.#stop(again);
      again.element.focus({ preventScroll: true });
    }
    this.#choose((this.#pointer && this.#nearest(this.#pointer)) ?? again);
  }

  #nameLanes() {
    const names = ['first', 'second'].map((side) => {
      const of = this.#events.findLast((event) => event.side === side);
      const more = [this.#you === side && 'this page', of?.peer, of?.launcher && `launcher ${of.launcher}`];
      return name(side, side === 'first' ? 'First peer' : 'Second peer', more.filter(Boolean).join(', ') || 'not seen yet');
    });
    this.#names.replaceChildren(names[0], name('stored', 'Stored', 'on the network'), names[1]);
  }

  #picture(drawn) {
    const { width } = drawn;
    const picture = svg('svg', {
      class: 'tl-svg',
      role: 'group',
      'aria-label': 'Time-line. The same events are in the list of steps.',
      width,
      height: HEIGHT_PX,
      viewBox: `0 0 ${width} ${HEIGHT_PX}`,
    });
    picture.append(
      svg('rect', { class: 'tl-band', x: 0, y: EDGE.first, width, height: EDGE.second - EDGE.first }),
      ...drawn.silences.flatMap(silence),
      ...['first', 'second'].map((side) => line('tl-lane', 0, LANE[side], width, LANE[side])),
      ...drawn.spans.map(({ side, x1, x2 }) => line('tl-span', x1 - 3, LANE[side], x2 + 3, LANE[side])),
      ...drawn.lives.flatMap(life),
      ...drawn.axis.flatMap(({ x, at, text }) => [
        line('tl-axis', at, AXIS - 14, at, AXIS - 10),
        words('tl-time', x, AXIS, text),
      ]),
      ...['first', 'second'].flatMap((side) => labels(drawn, side)),
      svg('line', { class: 'tl-cursor', x1: -9, x2: -9, y1: 4, y2: AXIS - 12 }),
      ...drawn.marks.map((mark, at) => this.#mark(mark, at)),
    );
    return picture;
  }

  #mark(mark, at) {
    const link = this.#link(mark.events[0]);
    const label = sentence(mark, this.#events[0].atMs);
    const group = svg('a', { class: `tl-mark tl-${mark.kind}`, 'data-at': at, tabindex: at === 0 ? 0 : -1 });
    for (const name of ['href', 'target', 'rel']) if (link?.getAttribute(name)) group.setAttribute(name, link.getAttribute(name));
    if (link?.href) this.#hasLinks = true;
    else group.setAttribute('role', 'img');
    group.setAttribute('aria-label', label);
    group.append(...shapes(mark));
    mark.element = group;
    return group;
  }

  #focused() {
    return this.#scroll.contains(document.activeElement) ? this.#markOf(document.activeElement) : undefined;
  }

  #markOf(target) {
    const at = target?.closest?.('[data-at]')?.dataset.at;
    return at === undefined ? undefined : this.#drawn?.marks[Number(at)];
  }

  /** Shows in words which mark is meant. */
  #choose(mark) {
    const cursor = this.#scroll.querySelector('.tl-cursor');
    if (!cursor) return;
    const x = mark ? (mark.x1 + mark.x2) / 2 : -9;
    cursor.setAttribute('x1', x);
    cursor.setAttribute('x2', x);
    this.#current?.element.classList.remove('tl-current');
    mark?.element.classList.add('tl-current');
    this.#current = mark;
    this.#readout.dataset.mark = String(Boolean(mark));
    this.#readout.textContent = mark ? `${sentence(mark, this.#events[0].atMs)}.` : hint(this.#hasLinks, this.#isTrue);
  }

  /** The mark that is nearest to the pointer, on its half of the picture. */
  #nearest(event) {
    const box = this.#scroll.firstElementChild?.getBoundingClientRect();
    if (!box || !this.#drawn) return undefined;
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const side = y < (LANE.first + LANE.second) / 2 ? 'first' : 'second';
    let [best, bestAway] = [undefined, REACH_PX];
    for (const mark of this.#drawn.marks) {
      if (mark.side !== side) continue;
      const away = Math.max(mark.x1 - x, x - mark.x2, 0) + (isTick(mark) ? 0.5 : 0);
      if (away < bestAway) [best, bestAway] = [mark, away];
    }
    return best;
  }

  #pointed({ clientX, clientY }) {
    this.#pointer = { clientX, clientY };
    this.#choose(this.#nearest(this.#pointer) ?? this.#focused());
  }

  #left() {
    this.#pointer = undefined;
    this.#choose(this.#focused());
  }

  /** Makes a mark the one that the Tab key reaches. */
  #stop(mark) {
    for (const { element } of this.#drawn.marks) element.setAttribute('tabindex', element === mark.element ? 0 : -1);
  }

  #clicked(event) {
    // A click on a mark itself follows its link.
    if (!this.#markOf(event.target)) this.#link(this.#nearest(event)?.events[0] ?? {})?.click();
  }

  #key(event) {
    const marks = this.#drawn?.marks ?? [];
    const at = marks.indexOf(this.#focused());
    if (at < 0) return;
    const isWanted = (mark) => !event.shiftKey || !isTick(mark);
    const later = () => marks.findIndex((mark, index) => index > at && isWanted(mark));
    const earlier = () => marks.findLastIndex((mark, index) => index < at && isWanted(mark));
    const next = {
      ArrowRight: later,
      ArrowLeft: earlier,
      Home: () => 0,
      End: () => marks.length - 1,
    }[event.key]?.();
    if (next === undefined) return;
    event.preventDefault();
    if (next < 0) return;
    this.#stop(marks[next]);
    marks[next].element.focus();
  }
}

const isSameEvent = (one, other) =>
  one.atMs === other.atMs && one.kind === other.kind && one.request === other.request && one.launcher === other.launcher;

const name = (of, ...words) =>
  make('div', { class: `tl-name tl-name-${of}` }, make('strong', { text: words[0] }), make('span', { text: words[1], title: words[1] }));

const line = (className, x1, y1, x2, y2) => svg('line', { class: className, x1, y1, x2, y2 });

function words(className, x, y, text) {
  return svg('text', { class: className, x, y, text });
}

function silence({ x1, x2, text }) {
  const middle = (x1 + x2) / 2;
  return [
    svg('rect', { class: 'tl-silence', x: x1 + 6, y: LANE.first - 14, width: Math.max(0, x2 - x1 - 12), height: LANE.second - LANE.first + 28 }),
    words('tl-silence-text', middle, (EDGE.first + EDGE.second) / 2 - 22, 'silent for'),
    words('tl-silence-text', middle, (EDGE.first + EDGE.second) / 2 + 32, text),
  ];
}

function life({ what, x1, x2, isOpen }) {
  const width = Math.max(2, x2 - x1);
  const bar = svg('rect', { class: `tl-life tl-life-${what}${isOpen ? ' tl-open' : ''}`, x: x1, y: STORED[what] - 5, width, height: 10, rx: 3 });
  return width > 46 ? [bar, words(`tl-life-text`, x1 + 5, STORED[what] + 3.5, what)] : [bar];
}

/** The words of the steps of a lane, in two rows as far as there is room. */
function labels({ marks, width }, side) {
  const steps = marks.filter((mark) => mark.side === side && !isTick(mark));
  let texts = steps.map(({ x1, kind, events: [{ version }] }) => {
    const word = kind === 'offer_read' && side === 'first' ? WORDS.own_offer_read : (WORDS[kind] ?? kind);
    const text = kind === 'offer_stored' && version > 0 ? `offer v${version}` : word;
    return { x: Math.min(Math.max(x1, halfWidth(text)), width - halfWidth(text)), text, kind };
  });
  return LABELS[side].flatMap((y) => {
    const row = fitting(texts, width);
    texts = texts.filter((text) => !row.includes(text));
    return row.map(({ x, text, kind }) => words(`tl-word tl-word-${kind}`, x, y, text));
  });
}

/** Ticks stand on the lane; a step reaches what is stored: up to it to store, down from it to read. */
function shapes({ side, kind, x1, x2 }) {
  const lane = LANE[side];
  const inwards = side === 'first' ? 1 : -1;
  const edge = EDGE[side];
  if (['looked', 'poll', 'poll_failed'].includes(kind)) {
    const height = kind === 'poll_failed' ? 14 : 9;
    const y = inwards > 0 ? lane : lane - height;
    return [svg('rect', { class: 'tl-tick', x: x1 - 0.75, y, width: x2 - x1 + 1.5, height })];
  }
  const isRead = kind === 'offer_read' || kind === 'answer_found';
  const what = kind.startsWith('answer') ? 'answer' : 'offer';
  const far = kind === 'refused' ? edge : STORED[what] - inwards * 6;
  const [tip, back] = isRead ? [lane + inwards * 7, far] : [far, lane];
  const towards = Math.sign(tip - back);
  const head = `M ${x1 - 4} ${tip - towards * 7} L ${x1} ${tip} L ${x1 + 4} ${tip - towards * 7}`;
  const all = [line('tl-stem', x1, back, x1, tip), svg('path', { class: 'tl-head', d: head })];
  if (kind === 'refused') all[1] = svg('path', { class: 'tl-head', d: `M ${x1 - 4} ${edge - 4} l 8 8 m 0 -8 l -8 8` });
  if (kind.endsWith('_removed')) all[1] = svg('path', { class: 'tl-head', d: `M ${x1 - 4} ${far - 4} l 8 8 m 0 -8 l -8 8` });
  all.push(svg('circle', { class: 'tl-dot', cx: x1, cy: lane, r: 5 }));
  return all;
}
