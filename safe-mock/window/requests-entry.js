// One request: a row of the list, and all that the journal has of it.

import { bytes, chip, clock, copyButton, facts, make, shortName, since, status, toneOf } from './dom.js';

/** The cells of a row. */
export function rowOf(entry, startedAtMs) {
  const words = wordsOf(entry);
  const told = make('span', { title: [...words, entry.why].filter(Boolean).join('\n') }, make('span', { text: words[0] }));
  // There is room for the reason or the path, and the reason says more. The words of an empty poll say it already.
  const isEmptyPoll = entry.told && entry.status === 404;
  if (entry.why && !isEmptyPoll) told.append(make('span', { class: 'why', text: ` — ${entry.why}` }));
  else if (words[1]) told.append(make('span', { class: 'soft', text: ` ${words[1]}` }));
  return [
    make('span', { class: 'mono soft', text: clock(startedAtMs + entry.atMs) }),
    chip(status(entry.status), toneOf(entry.status)),
    told,
    make('span', { class: 'soft wide', text: entry.peer ?? entry.app?.name ?? '' }),
    make('span', { class: 'number soft wide', text: since(entry.tookUs / 1_000) }),
  ];
}

/** What was asked: in words where it belongs to a meeting, else the call, and how it was written. */
const wordsOf = ({ told, call, method, path }) => (told ? [told] : [call, `${method} ${path}`].filter(Boolean));

/** The card of an entry. `entry` is undefined where the journal does not have it. */
export function entryCard(entry, number, startedAtMs, page, filter) {
  const close = make('a', { href: page.href(['requests'], filter), text: 'Close', data: { keep: 'close' } });
  if (!entry) {
    return make('article', { class: 'card' },
      make('div', { class: 'head' }, make('h2', { text: `Request ${number}` }), close),
      make('p', { text: 'The journal does not have this entry: it was cleared or forgotten, or no request has this number yet.' }));
  }
  const answered = entry.status === 0 ? 'a fault broke the connection' : null;
  return make('article', { class: 'card', aria: { label: `Request ${number}` } },
    make('div', { class: 'head' },
      make('h2', { text: `Request ${number}` }),
      chip(status(entry.status), toneOf(entry.status)),
      close),
    entry.why ? make('p', { class: 'notice', data: { tone: toneOf(entry.status) }, text: entry.why }) : null,
    facts([
      ['What', entry.told],
      ['Asked', make('span', { class: 'mono', text: `${entry.method} ${entry.path}` })],
      ['Answered', answered],
      ['When', `${clock(startedAtMs + entry.atMs)}, took ${since(entry.tookUs / 1_000)}`],
      ['Launcher', page.launchers.length > 1 ? page.self : null],
      ['Call', entry.call && only(page, 'call', entry.call)],
      ['Peer', entry.peer && only(page, 'peer', entry.peer)],
      ['Room', entry.room && only(page, 'room', entry.room)],
      ['App', entry.app && make('span', {}, only(page, 'app', entry.app.id, entry.app.name || entry.app.id), ` ${entry.app.id}, ${entry.app.vendor}`)],
      ['Session', entry.session && only(page, 'session', entry.session, `session ${entry.session}`)],
      ['Account', entry.account],
      ['Handle', entry.handle],
      ['New handle', entry.given],
      ['Record', entry.record && recordOf(entry.record, page)],
      ['Version', entry.version],
      ['Content', entry.content && [bytes(entry.content.bytes), entry.content.digest].filter(Boolean).join(', digest ')],
      ['Error code', entry.errorCode],
      ['Fault', entry.fault && make('a', { href: '#faults', text: entry.fault.split('+').join(', ') })],
    ]),
    entry.payload ? payload(entry.payload) : null,
    make('details', {},
      make('summary', { text: 'The entry as JSON' }),
      make('pre', { class: 'well', tabindex: '0', text: JSON.stringify(entry, null, 2) }),
      copyButton(JSON.stringify(entry, null, 2), 'Copy JSON')));
}

/** A link to the requests that have this in common. */
const only = (page, name, value, text = String(value)) =>
  make('a', { href: page.href(['requests'], { [name]: value }), text, title: `Show only requests with this ${name}` });

const recordOf = (record, page) =>
  make('span', {},
    make('a', { class: 'mono', href: page.href(['network', record]), text: shortName(record), title: record }),
    ' (',
    make('a', { href: page.href(['requests'], { record }), text: 'its requests' }),
    ')');

/** An offer or answer, as it was decoded. */
function payload(decoded) {
  return make('section', {},
    make('h3', { text: decoded.type === 'offer' ? 'The offer in it' : 'The answer in it' }),
    payloadFacts(decoded));
}

/** What is known of an offer or answer. */
export function payloadFacts(decoded) {
  const kinds = Object.entries(decoded.candidates ?? {}).filter(([, number]) => number > 0);
  return facts([
    ['Type', decoded.type],
    ['Answer id', mono(decoded.answerId)],
    ['Its hash', mono(decoded.sdpHash)],
    ['Answers the offer', mono(decoded.offerHash)],
    ['Made', decoded.madeAtMs === undefined ? null : clock(decoded.madeAtMs)],
    ['Waits', decoded.waitsMs === undefined ? null : since(decoded.waitsMs)],
    ['Looks every', decoded.looksEveryMs === undefined ? null : since(decoded.looksEveryMs)],
    ['Fingerprint', mono(decoded.fingerprint)],
    ['Candidates', decoded.candidates ? kinds.map(([kind, number]) => `${number} ${kind}`).join(', ') || 'none' : null],
    ['', decoded.candidateList?.length ? make('ul', { class: 'mono' }, decoded.candidateList.map((text) => make('li', { text }))) : null],
  ]);
}

const mono = (text) => (text === undefined || text === null ? null : make('span', { class: 'mono', text }));
