// The page: passes the input of the user to the meeting, and the events of the meeting to the view. `?poll_ms=N` in the
// address sets the poll interval, `#NAME` the room.

import * as consent from './consent.js';
import { copies } from './copy.js';
import { APP } from './launcher.js';
import { Meeting } from './meeting.js';
import { Picture } from './picture.js';
import { problemWith } from './room.js';
import * as view from './view.js';

/** The poll interval of the original app. */
const POLL_INTERVAL_MS = 2_000;

/** How long the picture goes on after the end: the other peer removes its record a moment later. */
const AFTERWARDS_MS = 2_000;

const { form, buttons } = view;
const pollIntervalMs = Number(new URLSearchParams(location.search).get('poll_ms')) || POLL_INTERVAL_MS;

/** The explanation of each phase, by the ids of `PHASES`. */
const MEANING = {
  authorise: 'The launcher asks its user whether to let this app in.',
  findOffer: 'The second peer finds the offer of the first.',
  makeOffer: 'There is no offer yet. The browser describes how it can be reached.',
  publishOffer: 'The description is stored under a name that is derived from the room.',
  awaitAnswer: `The offer is stored. This page polls for an answer every ${pollIntervalMs / 1000}\u00a0s.`,
  makeAnswer: 'There is an offer. The browser describes how it can be reached.',
  publishAnswer: 'The description is stored under the name in the offer.',
  connect: 'Both peers know how to reach each other. The launcher is not needed any more.',
};

const ROLE = {
  initiator: 'You are the first peer: the initiator.',
  recipient: 'You are the second peer: the recipient.',
};

/** Which steps are those of the second peer; a refused one is that of the role which the page has. */
const SECOND = ['offer_read', 'answer_stored', 'answer_removed'];

const picture = new Picture(view.picture.place, view.picture.empty);
/** Whether the user is in a room, or about to be. */
let isInside = false;
let meeting;
let decide;

async function join(room) {
  isInside = true;
  const began = performance.now();
  let role = '';
  let requests = 0;
  let polls = 0;
  let phase = ['', ''];
  let authorising = new AbortController();
  view.clear();
  view.showStage('inside');
  view.showStatus('busy', 'Asking the launcher for authorisation…', '');
  const watchConsent = await consent.prepare();
  if (!isInside) return;

  const summarise = () => {
    const polled = polls === 1 ? '1 poll' : `${polls} polls`;
    view.showSummary(`${requests} ${requests === 1 ? 'request' : 'requests'}${polls ? `, with ${polled}` : ''}.`);
  };
  const detail = (text) => (role ? `${ROLE[role]} ${text}` : text);
  const showPhase = () => view.showStatus('busy', phase[0], detail(phase[1]));
  const onQuestion = (decision) => {
    decide = decision;
    if (!decision) return showPhase();
    const text = `The launcher asks its user whether "${APP.name}" may store and read records on the network.`;
    return view.showStatus('asked', 'Let this page in?', text);
  };
  const handlers = {
    request({ request }) {
      if (request.status === undefined) requests += 1;
      view.showRequest(request, began);
      summarise();
    },
    step(step) {
      polls = step.polls ?? polls;
      if (step.kind.startsWith('poll')) summarise();
      const isSecond = SECOND.includes(step.kind) || (step.kind === 'refused' && role === 'recipient');
      picture.add({ ...step, side: isSecond ? 'second' : 'first' });
      if (step.kind === 'poll_failed') view.showNotice(failedPolls(step));
      else if (step.kind === 'poll' || step.kind === 'answer_found') view.showNotice();
    },
    role(event) {
      role = event.role;
    },
    phase({ id, text }) {
      phase = [`${text[0].toUpperCase()}${text.slice(1)}…`, MEANING[id]];
      showPhase();
      authorising.abort();
      authorising = new AbortController();
      if (id === 'authorise') watchConsent(onQuestion, authorising.signal);
    },
    open() {
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      view.showStatus('open', 'Connected', detail(`It took ${seconds}\u00a0s. Messages are sent directly to the other peer.`));
      view.showStage('talking');
      picture.endAfter(AFTERWARDS_MS);
    },
    message({ text }) {
      view.showMessage('other', text);
    },
    end({ how, text, details }) {
      const failed = how === 'failed';
      authorising.abort();
      picture.endAfter(AFTERWARDS_MS);
      view.showNotice();
      view.showStage('outside');
      if (failed) view.showFailure(text, details);
      else view.showStatus('done', text, detail(''));
      if (role && !failed) view.showMessage('note', text);
      [meeting, isInside] = [undefined, false];
    },
  };
  picture.begin(room);
  meeting = new Meeting({ room, pollIntervalMs, onEvent: (event) => handlers[event.type](event) });
  meeting.start();
}

function failedPolls({ failed, error }) {
  const which = failed === 1 ? 'The last poll failed' : `The last ${failed} polls failed`;
  return `${which}. ${error.message} The page goes on polling.`;
}

function tryToJoin() {
  if (isInside) return;
  const room = form.room.value;
  const problem = problemWith(room);
  view.showProblem(form.room, problem);
  if (!problem) join(room);
}

form.join.addEventListener('submit', (event) => {
  event.preventDefault();
  tryToJoin();
});

// A button that is gone must not take the focus of the keyboard along.
for (const [button, act] of [
  [buttons.again, tryToJoin],
  [buttons.allow, () => decide?.('allow')],
  [buttons.deny, () => decide?.('deny')],
]) {
  button.addEventListener('click', () => {
    act();
    (form.leave.hidden ? form.room : form.leave).focus();
  });
}

form.leave.addEventListener('click', () => {
  if (meeting) return meeting.leave();
  isInside = false;
  view.showStage('outside');
  return view.showStatus('done', 'You left.', '');
});

form.say.addEventListener('submit', (event) => {
  event.preventDefault();
  const text = form.text.value;
  if (!meeting || text === '') return;
  try {
    meeting.send(text);
  } catch (error) {
    view.showProblem(form.text, error.message);
    return;
  }
  view.showProblem(form.text, null);
  view.showMessage('you', text);
  form.text.value = '';
});

form.room.addEventListener('input', () => {
  view.showProblem(form.room, null);
  view.showInvitation(form.room.value);
});

for (const [id, text] of Object.entries({
  'copy-room': () => form.room.value,
  'copy-link': () => document.getElementById('second').href,
  'copy-command': () => document.getElementById('command').textContent,
})) {
  copies(document.getElementById(id), document.getElementById('copied'), text);
}

document.getElementById('to-scale').addEventListener('change', ({ target }) => picture.scale(target.checked));

window.addEventListener('pagehide', () => meeting?.abandon());

function takeRoomFromAddress() {
  if (isInside || location.hash.length < 2) return;
  try {
    form.room.value = decodeURIComponent(location.hash.slice(1));
  } catch {
    // Not percent-encoded: the name is used unchanged.
    form.room.value = location.hash.slice(1);
  }
  view.showInvitation(form.room.value);
}

window.addEventListener('hashchange', takeRoomFromAddress);
view.showInvitation(form.room.value);
takeRoomFromAddress();
