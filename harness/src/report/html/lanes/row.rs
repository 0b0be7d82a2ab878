//! The rows of the lanes: one for each step.

use serde::ser::SerializeSeq as _;
use serde::{Serialize, Serializer};

use super::call::micros;
use super::lane::Lane;
use super::texts::Texts;
use crate::record::{Call, CallOutcome, Description, Event, EventKind, RequestKind};
use crate::report::sequence::{Arrow, Shape, Step};

/// What a row is about, which decides its colour and whether it has a label where labels are too close.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Tone {
    Minor = 0,
    Offer = 1,
    Answer = 2,
    EmptyPoll = 3,
    Fault = 4,
    Bad = 5,
    Channel = 6,
}

/// A step as an array: shape, from, to, tone, time, text, the number of its request in the pair or -1, and 1 if the request reached the
/// network.
#[derive(Debug)]
pub(super) struct Row {
    shape: u8,
    from: Lane,
    to: Lane,
    tone: Tone,
    at: Option<u64>,
    text: usize,
    call: Option<usize>,
    /// The checks that judge a step that is no request.
    checks: Vec<usize>,
    reaches_network: bool,
}

const REQUEST: u8 = 0;
const RESPONSE: u8 = 1;
const UNANSWERED: u8 = 2;
const MESSAGE: u8 = 3;
const NOTE: u8 = 4;
const NOTE_OVER_ALL: u8 = 5;

impl Row {
    pub(super) fn of(
        step: &Step,
        event: Option<&Event>,
        call: Option<usize>,
        (one_launcher, room_records): (bool, &[String]),
        texts: &mut Texts,
    ) -> Self {
        let lane = |actor| Lane::of(actor, one_launcher);
        let (shape, from, to) = match step.shape {
            Shape::Arrow { from, to, kind } => (arrow(kind), lane(from), lane(to)),
            Shape::Note(peer_index) => (NOTE, Lane::of_peer(peer_index), Lane::of_peer(peer_index)),
            Shape::NoteOverAll => (NOTE_OVER_ALL, Lane::FirstPeer, Lane::SecondPeer),
        };
        let checks = event.filter(|_| call.is_none()).map(|event| super::concern::checks_of(&event.kind, false));
        Self {
            shape,
            from,
            to,
            tone: tone(step, event, room_records),
            at: step.at.map(micros),
            text: texts.number(&step.text),
            call,
            checks: checks.unwrap_or_default().iter().map(|name| texts.number(name)).collect(),
            reaches_network: event.is_some_and(reaches_network),
        }
    }

    /// When it happened; `None` if it has no time of its own.
    pub(super) fn at(&self) -> Option<u64> {
        self.at
    }

    /// A row in place of those that are left out.
    pub(super) fn gap(text: &str, texts: &mut Texts) -> Self {
        Self {
            shape: NOTE_OVER_ALL,
            from: Lane::FirstPeer,
            to: Lane::SecondPeer,
            tone: Tone::Minor,
            at: None,
            text: texts.number(text),
            call: None,
            checks: Vec::new(),
            reaches_network: false,
        }
    }
}

impl Serialize for Row {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut row = serializer.serialize_seq(None)?;
        row.serialize_element(&self.shape)?;
        row.serialize_element(&self.from)?;
        row.serialize_element(&self.to)?;
        row.serialize_element(&(self.tone as u8))?;
        row.serialize_element(&self.at)?;
        row.serialize_element(&self.text)?;
        row.serialize_element(&self.call.map_or(-1, |call| i64::try_from(call).unwrap_or(-1)))?;
        row.serialize_element(&u8::from(self.reaches_network))?;
        if !self.checks.is_empty() {
            row.serialize_element(&self.checks)?;
        }
        row.end()
    }
}

fn arrow(kind: Arrow) -> u8 {
    match kind {
        Arrow::Request => REQUEST,
        Arrow::Response => RESPONSE,
        Arrow::Unanswered => UNANSWERED,
        Arrow::Message => MESSAGE,
    }
}

fn tone(step: &Step, event: Option<&Event>, room_records: &[String]) -> Tone {
    let Some(event) = event else {
        // The failure of a check, or a note of many empty polls.
        return if step.shape == Shape::NoteOverAll { Tone::Bad } else { Tone::EmptyPoll };
    };
    match &event.kind {
        EventKind::Called(call) if call.fault.is_some() || matches!(call.outcome, CallOutcome::Failed(_)) => {
            Tone::Fault
        }
        EventKind::Called(_) if step.poll.is_some_and(|poll| poll.is_empty) => Tone::EmptyPoll,
        EventKind::Called(call) => tone_of_request(call, room_records),
        EventKind::Made(Description::Offer, _) | EventKind::Applied(Description::Offer, _) => Tone::Offer,
        EventKind::Made(Description::Answer, _) | EventKind::Applied(Description::Answer, _) => Tone::Answer,
        EventKind::Failed(_)
        | EventKind::Died(_)
        | EventKind::StayedAway(_)
        | EventKind::StillWaiting(_)
        | EventKind::Misbehaved(_) => Tone::Bad,
        EventKind::Opened
        | EventKind::Met(_)
        | EventKind::Sent(_)
        | EventKind::Received(_)
        | EventKind::Closed
        | EventKind::OtherClosed => Tone::Channel,
        _ => Tone::Minor,
    }
}

/// What is stored, read or deleted has the colour of its record.
fn tone_of_request(call: &Call, room_records: &[String]) -> Tone {
    let is_about_content = call.kind.is_mutating() || call.kind == RequestKind::ReadRecord;
    if !is_about_content {
        return Tone::Minor;
    }
    if !call.is_ok() {
        return Tone::Fault;
    }
    match &call.name {
        Some(name) if room_records.contains(name) => Tone::Offer,
        Some(_) => Tone::Answer,
        None => Tone::Minor,
    }
}

/// Faults after which the network was not asked.
const BEFORE_THE_NETWORK: [&str; 4] = ["refuse", "reset", "fail", "cut_off"];

fn reaches_network(event: &Event) -> bool {
    let EventKind::Called(call) = &event.kind else { return false };
    let faults = || call.fault.iter().flat_map(|faults| faults.split('+'));
    let is_answered = matches!(call.outcome, CallOutcome::Answered(_));
    call.kind.touches_network()
        && call.kind != RequestKind::Other
        && is_answered
        && !faults().any(|fault| BEFORE_THE_NETWORK.contains(&fault))
}
