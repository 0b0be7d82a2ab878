// The page: passes the input of the user to the meeting, and the events of the meeting to the view. `?poll_ms=N` in the
// address sets the poll interval, `#NAME` the room.

import { Meeting } from './meeting.js';
import { problemWith } from './room.js';
import * as view from './view.js';

/** The poll interval of the original app. */
const POLL_INTERVAL_MS = 2_000;

const { form } = view;
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

let meeting;

function join(room) {
  const began = performance.now();
  let role = '';
  let requests = 0;
  let polls = 0;
  view.clear();
  view.showStage('inside');

  const summarise = () => {
    const polled = polls === 1 ? '1 poll' : `${polls} polls`;
    view.showSummary(`${requests} ${requests === 1 ? 'request' : 'requests'}${polls ? `, with ${polled}` : ''}.`);
  };
  const detail = (text) => (role ? `${ROLE[role]} ${text}` : text);
  const handlers = {
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
    phase({ id, text }) {
      view.showStatus('busy', `${text[0].toUpperCase()}${text.slice(1)}…`, detail(MEANING[id]));
    },
    open() {
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      view.showStatus('open', 'Connected', detail(`It took ${seconds}\u00a0s. Messages are sent directly to the other peer.`));
      view.showStage('talking');
    },
    message({ text }) {
      view.showMessage('other', text);
    },
    end({ how, text }) {
      const failed = how === 'failed';
      view.showStatus(failed ? 'failed' : 'done', failed ? 'The meeting failed' : text, failed ? text : detail(''));
      if (role && !failed) view.showMessage('note', text);
      view.showStage('outside');
      meeting = undefined;
    },
  };
  meeting = new Meeting({ room, pollIntervalMs, onEvent: (event) => handlers[event.type](event) });
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
    // Not percent-encoded: the name is used unchanged.
    form.room.value = location.hash.slice(1);
  }
  view.showInvitation(form.room.value);
}

window.addEventListener('hashchange', takeRoomFromAddress);
view.showInvitation(form.room.value);
takeRoomFromAddress();
