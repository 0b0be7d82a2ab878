//! The trace of one visit of a peer.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use signaling::{Message, Role, Sdp};

use super::poll::{Poll, polls};
use crate::format::length;
use crate::record::{Call, Description, Event, EventKind, RequestKind};
use crate::scenario::{Death, VisitId};

/// The trace of one visit of a peer. Times are since the run started.
#[derive(Debug, Clone)]
pub struct VisitTrace {
    /// The visit.
    pub who: VisitId,
    /// The names of the records for the offers of its room, one for each generation.
    pub rooms: Arc<[String]>,
    /// When the peer was started.
    pub joined: Option<Duration>,
    /// Its requests, in the order in which they ended, each with the time of its end.
    pub calls: Vec<(Call, Duration)>,
    /// The session descriptions that its transport made, and when.
    pub made: Vec<(Description, Sdp, Duration)>,
    /// The session descriptions that its transport applied, and when.
    pub applied: Vec<(Description, Sdp, Duration)>,
    /// When its channels opened: one channel is expected.
    pub opened: Vec<Duration>,
    /// The messages that it sent.
    pub sent: Vec<Message>,
    /// The messages that it received.
    pub received: Vec<Message>,
    /// The role that it reports.
    pub met: Option<Role>,
    /// When it began to close its channel.
    pub closed: Option<Duration>,
    /// How a peer program broke its contract.
    pub misbehaved: Vec<String>,
    /// Why it met no other, as far as it knows: one sentence.
    pub diagnosis: Option<String>,
    /// How the visit ended, and when.
    pub end: Option<(End, Duration)>,
    /// The polls among its requests.
    polls: Vec<Poll>,
}

/// How a visit ended.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    /// The peer reports that it met another.
    Met,
    /// The peer reports that it did not, and why.
    Failed(String),
    /// The peer died during the visit, as its scenario says.
    Died(Death),
    /// The peer did not join, and why.
    StayedAway(String),
    /// The peer had not ended this long after its deadline, and was told to leave.
    StillWaiting(Duration),
}

/// A record that was stored on the network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its name, in the launcher's form.
    pub name: Option<String>,
    /// When the request that stored it was sent.
    pub started: Duration,
    /// When that request was answered.
    pub at: Duration,
    /// Whether no fault struck that request.
    pub is_clean: bool,
}

impl VisitTrace {
    /// Sorts the events of one visit.
    pub(crate) fn new<'a>(who: VisitId, rooms: Arc<[String]>, events: impl IntoIterator<Item = &'a Event>) -> Self {
        let mut visit = Self {
            who,
            rooms,
            joined: None,
            calls: Vec::new(),
            made: Vec::new(),
            applied: Vec::new(),
            opened: Vec::new(),
            sent: Vec::new(),
            received: Vec::new(),
            met: None,
            closed: None,
            misbehaved: Vec::new(),
            diagnosis: None,
            end: None,
            polls: Vec::new(),
        };
        for event in events {
            visit.add(event);
        }
        visit.polls = polls(&visit.calls, &visit.own_records());
        visit
    }

    fn add(&mut self, event: &Event) {
        let at = event.at;
        match &event.kind {
            EventKind::Joined => self.joined = self.joined.or(Some(at)),
            EventKind::Called(call) => self.calls.push((call.clone(), at)),
            EventKind::Made(kind, sdp) => self.made.push((*kind, sdp.clone(), at)),
            EventKind::Applied(kind, sdp) => self.applied.push((*kind, sdp.clone(), at)),
            EventKind::Opened => self.opened.push(at),
            EventKind::Sent(message) => self.sent.push(message.clone()),
            EventKind::Received(message) => self.received.push(message.clone()),
            EventKind::Met(role) => {
                self.met = Some(*role);
                self.end = Some((End::Met, at));
            }
            // What it says once it was told to leave does not change that it waited.
            EventKind::Failed(_) if matches!(self.end, Some((End::StillWaiting(_), _))) => {}
            EventKind::Failed(why) => self.end = Some((End::Failed(why.clone()), at)),
            EventKind::Died(death) => self.end = Some((End::Died(*death), at)),
            EventKind::StayedAway(why) => self.end = Some((End::StayedAway(why.clone()), at)),
            EventKind::StillWaiting(after) => self.end = Some((End::StillWaiting(*after), at)),
            EventKind::Misbehaved(how) => self.misbehaved.push(how.clone()),
            EventKind::Diagnosed(why) => self.diagnosis = Some(why.clone()),
            EventKind::Closed => self.closed = self.closed.or(Some(at)),
            EventKind::Left
            | EventKind::OtherClosed
            | EventKind::Logged(_)
            | EventKind::Counted(_)
            | EventKind::Served(_) => {}
        }
    }

    /// The error with which it ended, if it did.
    pub fn error(&self) -> Option<String> {
        match &self.end {
            Some((End::Failed(why), _)) => Some(why.clone()),
            Some((End::StayedAway(why), _)) => Some(format!("it did not join: {why}")),
            Some((End::Died(death), _)) => Some(format!("it {death}, as its scenario says")),
            Some((End::StillWaiting(after), _)) => Some(still_waiting(*after)),
            _ => None,
        }
    }

    /// When its first channel opened.
    pub fn opened_at(&self) -> Option<Duration> {
        self.opened.first().copied()
    }

    /// When its channel closed or the peer died.
    pub fn gone_at(&self) -> Option<Duration> {
        let died = self.end.as_ref().filter(|(end, _)| matches!(end, End::Died(_))).map(|(_, at)| *at);
        self.closed.into_iter().chain(died).min()
    }

    /// The last description of this kind that it made: the one that counts.
    pub fn description(&self, kind: Description) -> Option<&Sdp> {
        self.made.iter().rev().find(|(made, ..)| *made == kind).map(|(_, sdp, _)| sdp)
    }

    /// The kind of description that it made last: a peer that made an offer and then answers another is a recipient.
    pub fn made_last(&self) -> Option<Description> {
        self.made.last().map(|(kind, ..)| *kind)
    }

    /// The offer that it made last as an initiator, or applied last as a recipient.
    pub fn last_offer(&self) -> Option<&Sdp> {
        let applied =
            || self.applied.iter().rev().find(|(kind, ..)| *kind == Description::Offer).map(|(_, sdp, _)| sdp);
        match self.made_last()? {
            Description::Offer => self.description(Description::Offer),
            Description::Answer => applied(),
        }
    }

    /// When its offer was ready, from which its polls are counted.
    pub fn offer_ready(&self) -> Option<Duration> {
        self.made.iter().rev().find(|(made, ..)| *made == Description::Offer).map(|(.., at)| *at)
    }

    /// The record that it stored last: for the description that counts.
    pub fn stored(&self) -> Option<Stored> {
        self.stored_of(self.made.last()?.2)
    }

    /// The record that it stored for the description that it made at that time.
    pub fn stored_of(&self, made_at: Duration) -> Option<Stored> {
        let next_at = self.next_made_after(made_at);
        let is_stored =
            |call: &Call| matches!(call.kind, RequestKind::StoreRecord | RequestKind::UpdateRecord) && call.is_ok();
        let is_of_it = |call: &Call| call.started >= made_at && call.started < next_at;
        let (call, ended) = self.calls.iter().find(|(call, _)| is_stored(call) && is_of_it(call))?;
        Some(Stored { name: call.name.clone(), started: call.started, at: *ended, is_clean: call.is_clean() })
    }

    /// The kind of the description that it stored first under this name.
    pub fn description_under(&self, name: &str) -> Option<Description> {
        let stores = |call: &Call| matches!(call.kind, RequestKind::CreateRecord | RequestKind::UpdateRecord);
        let (call, _) = self.calls.iter().find(|(call, _)| stores(call) && call.name.as_deref() == Some(name))?;
        self.made.iter().rev().find(|(.., at)| *at <= call.started).map(|(kind, ..)| *kind)
    }

    /// The record that it looked up first, which is that of its room.
    pub fn room_record(&self) -> Option<&str> {
        let lookups = self.calls.iter().filter(|(call, _)| call.kind == RequestKind::NameRecord);
        lookups.min_by_key(|(call, _)| call.started)?.0.name.as_deref()
    }

    /// How long it was idle before its end: the time since its last request or since that time. Requests after its end
    /// do not count.
    pub fn idle_from(&self, time: Duration) -> Duration {
        let Some((_, end)) = self.end else { return Duration::MAX };
        let before = self.calls.iter().filter(|(call, _)| call.started < end);
        end.saturating_sub(before.map(|(_, ended)| *ended).fold(time, Duration::max))
    }

    /// When it had read the answer to its offer.
    pub fn answer_taken(&self) -> Option<Duration> {
        self.polls.iter().find(|poll| poll.found).map(|poll| poll.answered)
    }

    /// The records under which this peer does not poll for an answer: those of its room in each generation, and those
    /// that it stores itself.
    pub fn own_records(&self) -> BTreeSet<&str> {
        let stores = |call: &Call| matches!(call.kind, RequestKind::CreateRecord | RequestKind::UpdateRecord);
        let own = self.calls.iter().filter(|(call, _)| stores(call)).filter_map(|(call, _)| call.name.as_deref());
        own.chain(self.room_record()).chain(self.rooms.iter().map(String::as_str)).collect()
    }

    /// The polls of the visit, in the order in which they began.
    pub fn polls(&self) -> &[Poll] {
        &self.polls
    }

    /// The polls for the answer to the offer that was ready at that time.
    pub fn polls_of(&self, ready: Duration) -> &[Poll] {
        let until = self.next_made_after(ready);
        let from = self.polls.partition_point(|poll| poll.started < ready);
        let to = self.polls.partition_point(|poll| poll.started < until);
        &self.polls[from..to]
    }

    /// When each of its offers was ready.
    pub fn offers_ready(&self) -> impl Iterator<Item = Duration> {
        self.made.iter().filter(|(kind, ..)| *kind == Description::Offer).map(|(.., at)| *at)
    }

    fn next_made_after(&self, made_at: Duration) -> Duration {
        self.made.iter().map(|(.., at)| *at).filter(|at| *at > made_at).min().unwrap_or(Duration::MAX)
    }
}

/// What a peer did that had not ended so long after its deadline.
pub(crate) fn still_waiting(after: Duration) -> String {
    format!("it still waited {} after its deadline, and was told to leave", length(after))
}
