// The elements of the page. Knows nothing of meetings.

import { Following } from './following.js';

/** How many requests are shown; older ones are removed. */
const MAX_ROWS = 300;

/** How many messages are shown. */
const MAX_MESSAGES = 300;

const find = (id) => document.getElementById(id);

const chat = new Following(find('messages'));
const traffic = new Following(document.querySelector('.demo-scroll'), find('requests'));

export const form = { join: find('join'), say: find('say'), leave: find('leave'), room: find('room'), text: find('text') };
export const buttons = { again: find('again'), allow: find('allow'), deny: find('deny') };
export const picture = { place: find('picture'), empty: find('picture-empty') };

/** `state` is one of idle, busy, asked, open, done and failed. */
export function showStatus(state, title, detail) {
  find('status-title').textContent = title;
  find('status-detail').textContent = detail;
  find('consent').hidden = state !== 'asked';
  find('failure').hidden = state !== 'failed';
  // Last: who watches it reads the texts then.
  find('status').dataset.state = state;
}

/** Shows something that went wrong and is not the end, or nothing. */
export function showNotice(text = '') {
  find('status-notice').textContent = text;
  find('status-notice').hidden = text === '';
}

/** Shows a failure: one sentence, and pairs of a name and a text that are folded away. */
export function showFailure(sentence, details) {
  const pairs = details.flatMap(([name, text]) => [element('dt', '', name), element('dd', '', text)]);
  find('failure-details').replaceChildren(...pairs);
  find('failure').querySelector('details').open = false;
  showStatus('failed', 'The meeting failed', sentence);
}

/** Enables and hides controls: `stage` is outside, inside (a room) or talking. */
export function showStage(stage) {
  find('enter').hidden = stage !== 'outside';
  find('leave').hidden = stage === 'outside';
  form.room.readOnly = stage !== 'outside';
  find('others').hidden = stage === 'talking';
  form.text.disabled = find('send').disabled = stage !== 'talking';
  if (stage === 'talking') form.text.focus();
}

/** Shows the problem of a field, or none. */
export function showProblem(field, problem) {
  find(field === form.room ? 'room-problem' : 'say-problem').textContent = problem ?? '';
  field.setAttribute('aria-invalid', String(Boolean(problem)));
  if (problem) field.focus();
}

/** Shows how others join the same room. */
export function showInvitation(room) {
  find('second').href = `#${encodeURIComponent(room)}`;
  const word = /^[\w.-]+$/.test(room) ? room : `'${room.replaceAll("'", String.raw`'\''`)}'`;
  find('command').textContent =
    `cargo run --release -p signaling --example meet -- ${word} --launcher ${location.origin}`;
}

/** Adds a message of `who`: you, other or note. */
export function showMessage(who, text) {
  const messages = find('messages');
  messages.querySelector('.empty-chat')?.remove();
  const message = document.createElement('p');
  message.className = who;
  const author = { you: 'You', other: 'Other', note: '' }[who];
  if (author) message.append(element('span', 'author', author));
  message.append(element('span', 'body', text));
  if (text.length > 1_000) message.append(element('span', 'size', `${text.length.toLocaleString('en')} characters`));
  append(messages, message, chat, MAX_MESSAGES);
}

/** Clears the messages and requests of the previous meeting. */
export function clear() {
  find('messages').replaceChildren(element('p', 'empty-chat', 'Messages appear here.'));
  find('requests').replaceChildren();
  rows.clear();
  showNotice();
}

const rows = new Map();

/** Shows a request, or updates it with its status. `began` is when the meeting began. */
export function showRequest(request, began) {
  let row = rows.get(request);
  if (!row) {
    row = element('tr', request.why.startsWith('poll') ? 'poll' : '');
    row.append(
      element('td', 'number after', `${((request.began - began) / 1000).toFixed(2)} s`),
      element('td', 'why', request.why),
      requestCell(request),
      element('td', 'status', '…'),
      element('td', 'number ms', ''),
    );
    rows.set(request, row);
    append(find('requests'), row, traffic, MAX_ROWS);
  }
  if (request.status !== undefined) {
    rows.delete(request);
    row.querySelector('.status').textContent = request.status;
    row.querySelector('.ms').textContent = request.ms.toFixed(request.ms < 10 ? 1 : 0);
    row.classList.add({ 200: 'ok', 404: 'nothing' }[request.status] ?? 'refused');
  }
}

export function showSummary(text) {
  find('summary').textContent = text;
}

function requestCell({ method, path }) {
  const cell = element('td', 'request', '');
  cell.append(element('span', 'method', method), ' ', element('span', 'path', path));
  return cell;
}

function element(kind, className, text = '') {
  const made = document.createElement(kind);
  made.className = className;
  made.textContent = text;
  return made;
}

/** Appends an item, and keeps the end in view if it was in view. */
function append(list, item, following, max) {
  following.during(() => {
    list.append(item);
    while (list.childElementCount > max) list.firstElementChild.remove();
  });
}
