// The page: what its user does goes to the meeting, what the meeting tells goes to the view. `?poll_ms=N` in the address
// sets the poll interval, `#NAME` the room.

import { Meeting } from './meeting.js';
import { problemWith } from './room.js';
import * as view from './view.js';

/** The original app's. */
const POLL_INTERVAL_MS = 2_000;

const { form } = view;
const pollIntervalMs = Number(new URLSearchParams(location.search).get('poll_ms')) || POLL_INTERVAL_MS;

/** What each phase means to who looks on. */
const MEANING = {
  'asking the launcher for authorisation': 'The launcher asks its user whether this app may come in.',
  'looking for an offer in the room': 'Whoever comes second finds the offer of whoever came first.',
  'making the offer': 'Nobody is here yet. The browser describes how it can be reached.',
  'publishing the offer': 'The description is stored under a name made from the room.',
  'waiting for an answer': `The offer is stored. This page looks for an answer every ${pollIntervalMs / 1000}\u00a0s.`,
  'answering the offer': 'Somebody is here. The browser describes how it can be reached.',
  'publishing the answer': 'The description is stored where the offer says.',
  'connecting to the other peer': 'Both know how to reach each other. The launcher is out of it from here on.',
};

const ROLE = {
  initiator: 'You came first: you are the initiator.',
  recipient: 'You came second: you are the recipient.',
};

let meeting;

function join(room) {
  const began = performance.now();
  let role = '';
  let requests = 0;
  let polls = 0;
  view.clear();
  view.showStage('inside');

  const summarise = () => {
    const looks = polls === 1 ? '1 poll' : `${polls} polls`;
    view.showSummary(`${requests} ${requests === 1 ? 'request' : 'requests'}${polls ? `, with ${looks}` : ''}.`);
  };
  const detail = (text) => (role ? `${ROLE[role]} ${text}` : text);
  const hear = {
    request({ request }) {
      if (request.status === undefined) requests += 1;
      view.showRequest(request, began);
      summarise();
    },
    poll(event) {
      polls = event.polls;
    },
    role(event) {
      role = event.role;
    },
    phase({ phase }) {
      view.showStatus('busy', `${phase[0].toUpperCase()}${phase.slice(1)}…`, detail(MEANING[phase]));
    },
    open() {
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      view.showStatus('open', 'Connected', detail(`It took ${seconds}\u00a0s. Messages go straight to the other peer.`));
      view.showStage('talking');
    },
    message({ text }) {
      view.showMessage('other', text);
    },
    end({ how, text }) {
      const failed = how === 'failed';
      view.showStatus(failed ? 'failed' : 'done', failed ? 'It did not work' : text, failed ? text : detail(''));
      if (role && !failed) view.showMessage('note', text);
      view.showStage('outside');
      meeting = undefined;
    },
  };
  meeting = new Meeting({ room, pollIntervalMs, tell: (event) => hear[event.type](event) });
  meeting.start();
}

form.join.addEventListener('submit', (event) => {
  event.preventDefault();
  if (meeting) return;
  const room = form.room.value;
  const problem = problemWith(room);
  view.showProblem(form.room, problem);
  if (!problem) join(room);
});

form.leave.addEventListener('click', () => meeting?.leave());

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

window.addEventListener('pagehide', () => meeting?.abandon());

function takeRoomFromAddress() {
  if (meeting || location.hash.length < 2) return;
  try {
    form.room.value = decodeURIComponent(location.hash.slice(1));
  } catch {
    // Not percent-encoded: the name as it stands.
    form.room.value = location.hash.slice(1);
  }
  view.showInvitation(form.room.value);
}

window.addEventListener('hashchange', takeRoomFromAddress);
view.showInvitation(form.room.value);
takeRoomFromAddress();
