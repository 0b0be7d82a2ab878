// One record: what it is, its content in three forms, and its versions.

import { bytes, clock, copyButton, count, digest, facts, make, replace, shortName } from './dom.js';
import { payloadFacts } from './requests-entry.js';

const FORMS = [['text', 'Text'], ['json', 'JSON'], ['hex', 'Hex']];
const HEX_LINE = 16;

/** The type tag of a long name. */
const LONG_NAME_TAG = 5;

/** The card of a record; `record` is null where nothing is stored under the name. */
export function recordCard(name, record, page, { owner, form, chosen }) {
  const close = make('a', { href: '#network', text: 'Close', data: { keep: 'close' } });
  const head = make('div', { class: 'head' }, make('h2', { class: 'mono', text: shortName(name), title: name }), copyButton(name, 'Copy name'), close);
  const requests = make('a', { href: page.href(['requests'], { record: name }), text: 'Its requests' });
  if (!record) {
    return make('article', { class: 'card' }, head,
      make('p', { text: 'Nothing is stored under this name. It may have been removed by a reset, or the name has a mistake.' }),
      make('p', {}, requests));
  }
  const { storedBy } = record;
  return make('article', { class: 'card', aria: { label: `Record ${shortName(name)}` } }, head,
    facts([
      ['Name', make('span', { class: 'mono', text: record.name })],
      ['State', record.kind ?? record.state],
      ['Type tag', record.typeTag === LONG_NAME_TAG ? `${LONG_NAME_TAG}, of long names and their services` : record.typeTag],
      ['Version', record.version],
      ...appendableFacts(record.appendable),
      ['Directory', record.directory && `${record.directory.name}, ${record.directory.isPrivate ? 'private' : 'public'}`],
      ['Owner', record.owner && make('span', { title: record.owner, text: owner(record.owner) })],
      ['Stored by', storedBy && maker(storedBy, record, page)],
      ['Room', record.room && roomLink(record.room, page)],
      ['Requests', requests],
    ]),
    record.payload ? [make('h3', { text: record.payload.type === 'answer' ? 'The answer in it' : 'The offer in it' }), payloadFacts(record.payload)] : null,
    isEmptied(record.state) ? make('p', { class: 'soft', text: 'It is deleted, and has no content.' }) : null,
    record.directory ? directoryOf(record.directory, page) : null,
    record.content && !record.directory && !isEmptied(record.state) ? contentOf(record.content, form, chosen) : null,
    itemsOf('Items', record.items?.data, page),
    itemsOf('Deleted items', record.items?.deletedData, page),
    record.items?.cut ? make('p', { class: 'soft', text: 'Only the first 200 items of each list are shown.' }) : null,
    record.versions?.length ? versionsOf(record, page) : null);
}

/** The facts of appendable data; none of another record. */
function appendableFacts(appendable) {
  if (!appendable) return [];
  const { isPrivate, filterType, filterLength, dataLength, deletedDataLength } = appendable;
  return [
    ['Access', isPrivate ? 'private: items are sealed for one app' : 'public'],
    ['Filter', `${filterType} of ${count(filterLength, 'key')}`],
    ['Items', `${dataLength}, and ${deletedDataLength} deleted`],
  ];
}

/** A table of items: what each points to, as far as it can be read. */
function itemsOf(title, items, page) {
  if (!items?.length) return null;
  const rows = items.map(({ kind, name, typeTag, signer, sealedBytes }, index) => make('tr', {},
    make('td', { class: 'number', text: index }),
    make('td', { text: kind ? `${kind}${typeTag === undefined ? '' : ` ${typeTag}`}` : `sealed, ${bytes(sealedBytes)}` }),
    make('td', { class: 'mono' }, name ? make('a', { href: page.href(['network', name]), text: shortName(name), title: name }) : null),
    make('td', { class: 'mono', text: signer ? shortName(signer) : '', title: signer ?? '' })));
  return [
    make('h3', { text: title }),
    make('table', { class: 'table' },
      make('thead', {}, make('tr', {}, ['Index', 'Points to', 'Name', 'Appended by'].map((text) => make('th', { scope: 'col', text, class: text === 'Index' ? 'number' : '' })))),
      make('tbody', {}, rows)),
  ];
}

/** Whether a record in this state has no content any more. */
export const isEmptied = (state) => state === 'deleted' || state === 'unclaimable';

/** What a record is in the room that it belongs to. */
export const placeOf = ({ what, name, number }) => `${what} of ${name ?? `room ${number}`}`;

/** A link to the room that a record belongs to. */
const roomLink = (room, page) => make('a', { href: page.href(['rooms', String(room.number)]), text: placeOf(room) });

/** The request that stored something, and when. */
function maker({ launcher, request, atMs }, { startedAtMs }, page) {
  const when = atMs === undefined ? '' : ` at ${clock(startedAtMs + atMs)}`;
  return make('span', {}, who(launcher, request, page), when);
}

const who = (launcher, request, page) => (request === undefined ? `launcher ${launcher}` : page.requestLink(launcher, request));

/** What a directory lists: first its sub-directories, each a link to its own record. */
function directoryOf({ directories, files, directoryCount, fileCount }, page) {
  const rows = [
    ...directories.map(({ name, record }) => make('tr', {},
      make('td', {}, make('a', { href: page.href(['network', record]), text: `${name}/` })), make('td', { class: 'number', text: '' }))),
    ...files.map(({ name, bytes: size }) => make('tr', {},
      make('td', { text: name }), make('td', { class: 'number', text: bytes(size) }))),
  ];
  const total = directoryCount + fileCount;
  const first = rows.length < total ? `, of which the first ${rows.length} are shown` : '';
  return [
    make('h3', { text: `Entries: ${total}${first}` }),
    rows.length === 0 ? null : make('table', { class: 'table' },
      make('thead', {}, make('tr', {}, ['Name', 'Size'].map((text) => make('th', { scope: 'col', text, class: text === 'Size' ? 'number' : '' })))),
      make('tbody', {}, rows)),
  ];
}

/** The content, and a choice of its form. */
function contentOf(content, form, chosen) {
  const area = make('pre', { class: 'well', tabindex: '0', role: 'region', aria: { label: 'Content' } });
  const show = (one) => {
    area.textContent = textOf(content, one);
    chosen(one);
  };
  const forms = FORMS.filter(([one]) => one !== 'json' || content.json !== undefined);
  const first = forms.some(([one]) => one === form) ? form : 'text';
  const choices = make('fieldset', { class: 'choices' },
    make('legend', { class: 'unseen', text: 'Form of the content' }),
    forms.map(([one, label]) => {
      const radio = make('input', { type: 'radio', name: 'form', value: one, data: { keep: `form-${one}` }, on: { change: () => show(one) } });
      radio.checked = one === first;
      return make('label', {}, radio, label);
    }));
  const copy = make('span', {});
  const refresh = () => replace(copy, copyButton(area.textContent));
  choices.addEventListener('change', refresh);
  show(first);
  refresh();
  const sealed = content.sealed ? ', sealed by its app' : '';
  const cut = content.cut ? ', of which the first 64 KiB are shown' : '';
  return make('section', { data: { of: digest(JSON.stringify(content)) } },
    make('h3', { text: `Content: ${bytes(content.bytes)}${sealed}${cut}` }),
    make('div', { class: 'head' }, choices, copy),
    area);
}

function textOf(content, form) {
  if (form === 'json') return JSON.stringify(content.json, null, 2);
  if (form === 'hex') return hexOf(content.hex ?? '');
  return content.text ?? '(The content is not text. See its bytes under Hex.)';
}

/** Lines of 16 bytes: where, the bytes, and the characters that can be shown. */
function hexOf(hex) {
  const octets = hex.match(/../g) ?? [];
  const lines = [];
  for (let at = 0; at < octets.length; at += HEX_LINE) {
    const line = octets.slice(at, at + HEX_LINE);
    const shown = line.map((octet) => {
      const code = Number.parseInt(octet, 16);
      return code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : '·';
    });
    lines.push(`${at.toString(16).padStart(6, '0')}  ${line.join(' ').padEnd(3 * HEX_LINE - 1)}  ${shown.join('')}`);
  }
  return lines.join('\n') || '(no byte)';
}

function versionsOf({ versions, startedAtMs }, page) {
  const rows = versions.map(({ version, atMs, launcher, request, bytes: size }) => make('tr', {},
    make('td', { class: 'number', text: version }),
    make('td', { class: 'number', text: atMs === undefined ? '' : clock(startedAtMs + atMs) }),
    make('td', { class: 'number', text: size === undefined ? '' : bytes(size) }),
    make('td', { class: 'number' }, launcher === undefined && request === undefined ? null : who(launcher, request, page))));
  const head = ['Version', 'Stored at', 'Size', 'Stored by'].map((text) => make('th', { scope: 'col', class: 'number', text }));
  return [
    make('h3', { text: 'Versions' }),
    make('table', { class: 'table' }, make('thead', {}, make('tr', {}, head)), make('tbody', {}, rows)),
  ];
}
