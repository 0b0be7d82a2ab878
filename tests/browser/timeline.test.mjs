// The arithmetic of the time-line, and its words. Run: node --test timeline.test.mjs

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { duration, fitting, layout, STEPS_MAX } from '../../safe-mock/window/timeline-layout.js';
import { sideOf, steps } from '../../safe-mock/window/timeline-words.js';

const WIDTH = 600;

const event = (atMs, side, kind, more = {}) => ({ atMs, side, kind, text: kind, launcher: 1, session: side, ...more });

/** An offer at 1 s, so many polls, and an answer that is found by the last one. */
function meeting(polls, everyMs = 2_000) {
  const ticks = Array.from({ length: polls }, (_, at) => event(1_000 + (at + 1) * everyMs, 'first', 'poll'));
  const end = 1_000 + (polls + 1) * everyMs;
  return [
    event(980, 'first', 'looked'),
    event(1_000, 'first', 'offer_stored', { version: 0 }),
    ...ticks,
    event(end - 40, 'second', 'offer_read'),
    event(end - 20, 'second', 'answer_stored'),
    event(end, 'first', 'answer_found'),
    event(end + 30, 'first', 'offer_removed'),
    event(end + 31, 'second', 'answer_removed'),
  ];
}

const draw = (events, more = {}) => layout(events, { nowMs: 0, width: WIDTH, ...more });
const isStep = ({ kind }) => !['looked', 'poll', 'poll_failed'].includes(kind);

test('steps keep a distance, however close they are in time', () => {
  const xs = draw(meeting(10)).marks.filter(isStep).map(({ x1 }) => x1);
  assert.equal(xs.length, 6);
  xs.slice(1).forEach((x, at) => assert.ok(x - xs[at] >= 30, `${xs}`));
});

test('no event is left of an earlier one, and all are in the picture', () => {
  const { marks, width } = draw(meeting(300));
  const ordered = marks.flatMap(({ x1, x2 }) => [x1, x2]);
  assert.ok(ordered.every((x) => x >= 0 && x <= width), `${width}`);
  const steps = marks.filter(isStep).map(({ x1 }) => x1);
  assert.deepEqual(steps, [...steps].sort((one, other) => one - other));
});

test('ticks that would touch are merged, and none is lost', () => {
  const { marks } = draw(meeting(600));
  const polls = marks.filter(({ kind }) => kind === 'poll');
  assert.ok(polls.length < 200, `${polls.length}`);
  assert.equal(polls.flatMap(({ events }) => events).length, 600);
});

test('ticks that are apart are not merged, and a failed poll stays one of its own', () => {
  const events = meeting(10);
  events[5].kind = 'poll_failed';
  const { marks } = draw(events);
  assert.equal(marks.filter(({ kind }) => kind === 'poll').length, 9);
  assert.equal(marks.filter(({ kind }) => kind === 'poll_failed').length, 1);
});

test('a long silence is drawn as one, and takes no more room than a short one', () => {
  const quiet = [...meeting(3), ...meeting(3).map((one) => ({ ...one, atMs: one.atMs + 3_600_000 }))];
  const { silences, width } = draw(quiet);
  assert.equal(silences.length, 1);
  assert.equal(silences[0].text, '59 min 52 s');
  assert.ok(silences[0].x2 - silences[0].x1 < 100);
  assert.equal(width, draw([...meeting(3), ...meeting(3).map((one) => ({ ...one, atMs: one.atMs + 60_000 }))]).width);
});

test('the pace of the polls is no silence, and their end is one', () => {
  const events = meeting(10, 20_000).slice(0, 12);
  assert.deepEqual(draw(events, { nowMs: 220_000 }).silences, []);
  assert.equal(draw(events, { nowMs: 900_000 }).silences.length, 1);
});

test('an offer is stored until it is removed, or until now', () => {
  const [offer, answer] = draw(meeting(2)).lives;
  assert.deepEqual([offer.what, offer.isOpen, answer.what, answer.isOpen], ['offer', undefined, 'answer', undefined]);
  const waiting = draw(meeting(2).slice(0, 4), { nowMs: 6_000 });
  assert.deepEqual(waiting.lives.map(({ what, isOpen }) => [what, isOpen]), [['offer', true]]);
  assert.ok(waiting.lives[0].x2 > waiting.marks.at(-1).x2);
});

test('the removal of an offer whose storing is forgotten has a life since the start', () => {
  const { lives, marks } = draw(meeting(2).slice(2));
  assert.equal(lives[0].x1, marks[0].x1);
});

test('true to time, equal times take equal widths', () => {
  const { marks } = draw(meeting(3), { isTrue: true });
  const polls = marks.filter(({ kind }) => kind === 'poll').map(({ x1 }) => x1);
  assert.ok(Math.abs(polls[2] - polls[1] - (polls[1] - polls[0])) < 1e-6);
});

test('a room of many meetings shows its latest steps only', () => {
  const many = Array.from({ length: 200 }, (_, at) => meeting(1).map((one) => ({ ...one, atMs: one.atMs + at * 10_000 }))).flat();
  const steps = draw(many).marks.filter(isStep);
  assert.equal(steps.length, STEPS_MAX);
  assert.equal(steps.at(-1).events[0].atMs, many.at(-1).atMs);
});

test('no event is an empty picture, and one event is one mark', () => {
  assert.deepEqual(draw([]).marks, []);
  assert.equal(draw([event(5, 'first', 'looked')]).marks.length, 1);
});

test('the texts of the axis are in the picture, and none is over another', () => {
  const { axis, width } = draw(meeting(10));
  assert.equal(axis[0].text, '0 s');
  const edges = axis.flatMap(({ x, text }) => [x - text.length * 3, x + text.length * 3]);
  assert.deepEqual(edges, [...edges].sort((one, other) => one - other));
  assert.ok(edges[0] >= 0 && edges.at(-1) <= width, `${edges}`);
});

test('a text that does not fit beside the one before is left out', () => {
  const texts = [60, 70, 170].map((x) => ({ x, text: 'finds answer' }));
  assert.deepEqual(fitting(texts, WIDTH).map(({ x }) => x), [60, 170]);
});

test('times are for people', () => {
  const texts = [0, 999, 1_000, 33_140, 59_990, 260_000, 7_500_000].map(duration);
  assert.deepEqual(texts, ['0 ms', '999 ms', '1.00 s', '33.1 s', '1 min 0 s', '4 min 20 s', '2 h 5 min']);
});

test('polls that follow each other are one step of the list, also where the other peer does something meanwhile', () => {
  const events = [
    ...meeting(3).slice(0, 4),
    event(6_500, 'second', 'looked'),
    ...meeting(3).slice(4),
  ];
  const texts = steps(events).map(({ text }) => text);
  assert.deepEqual(texts.slice(0, 4), ['looked', 'offer_stored', 'polled 3 times: no answer yet', 'looked']);
});

test('a peer is named by its lane, and by its name where it told one', () => {
  assert.equal(sideOf({ side: 'first', peer: 'alice' }), 'first peer (alice)');
  assert.equal(sideOf({ side: 'second', peer: 'second peer' }), 'second peer');
  assert.equal(sideOf({ side: 'second' }), 'second peer');
});
