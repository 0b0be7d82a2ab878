//! What happened to one peer in one visit. Nothing here judges.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use signaling::{Message, Role, Sdp};

use crate::record::{Call, Description, Event, EventKind, Outcome, RequestKind};
use crate::scenario::{Death, VisitId};

/// What happened to one peer in one visit. Moments are since the run began.
#[derive(Debug, Clone)]
pub struct VisitTrace {
    /// Whose part it is.
    pub who: VisitId,
    /// The records that hold the offers of its room: one for each generation.
    pub rooms: Arc<[String]>,
    /// When it was told to meet the others.
    pub joined: Option<Duration>,
    /// Its requests in the order in which they ended, each with when that was.
    pub calls: Vec<(Call, Duration)>,
    /// The session descriptions that its transport made, and when.
    pub made: Vec<(Description, Sdp, Duration)>,
    /// The session descriptions that its transport was given, and when.
    pub applied: Vec<(Description, Sdp, Duration)>,
    /// When its channels opened: there should be one.
    pub opened: Vec<Duration>,
    /// What it sent.
    pub sent: Vec<Message>,
    /// What it received.
    pub received: Vec<Message>,
    /// The role that it says it played.
    pub met: Option<Role>,
    /// When it began to close its channel.
    pub closed: Option<Duration>,
    /// How the visit ended, and when.
    pub end: Option<(End, Duration)>,
}

/// How a visit ended.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    /// The peer says that it met another.
    Met,
    /// It says that it did not, and why.
    Failed(String),
    /// It ended in the middle, as its scenario says.
    Died(Death),
    /// It never came, and why.
    StayedAway(String),
}

/// A record that the network took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its name, as the launcher takes it.
    pub name: Option<String>,
    /// When the request was sent that stored it.
    pub started: Duration,
    /// When that was answered.
    pub at: Duration,
    /// Whether no fault struck it.
    pub is_clean: bool,
}

/// One look of an initiator for its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Poll {
    /// When its first request was sent.
    pub started: Duration,
    /// When it knew what there was to know.
    pub answered: Duration,
    /// When its last request ended: by then it has given back what it held.
    pub ended: Duration,
    /// Whether it read an answer.
    pub found: bool,
    /// Whether it was told that nothing is stored there. One that neither found nor missed an answer could not look.
    pub empty: bool,
    /// Whether all of it was answered, and no fault struck it.
    pub is_clean: bool,
    /// Its requests: where they are in [`VisitTrace::calls`].
    pub calls: Vec<usize>,
}

impl VisitTrace {
    /// A part in which nothing has happened.
    pub(crate) fn of(who: VisitId, rooms: Arc<[String]>) -> Self {
        Self {
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
            end: None,
        }
    }

    pub(crate) fn add(&mut self, event: &Event) {
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
            EventKind::Failed(why) => self.end = Some((End::Failed(why.clone()), at)),
            EventKind::Died(death) => self.end = Some((End::Died(*death), at)),
            EventKind::StayedAway(why) => self.end = Some((End::StayedAway(why.clone()), at)),
            EventKind::Closed => self.closed = self.closed.or(Some(at)),
            EventKind::Left | EventKind::Counted(_) | EventKind::Served(_) => {}
        }
    }

    /// What it says went wrong, if anything did.
    pub fn error(&self) -> Option<String> {
        match &self.end {
            Some((End::Failed(why), _)) => Some(why.clone()),
            Some((End::StayedAway(why), _)) => Some(format!("it never came, since {why}")),
            Some((End::Died(death), _)) => Some(format!("it {death}, as its scenario says")),
            _ => None,
        }
    }

    /// When its channel opened first.
    pub fn opened_at(&self) -> Option<Duration> {
        self.opened.first().copied()
    }

    /// When its channel was no longer open, or the peer no longer there.
    pub fn gone_at(&self) -> Option<Duration> {
        let died = self.end.as_ref().filter(|(end, _)| matches!(end, End::Died(_))).map(|(_, at)| *at);
        self.closed.into_iter().chain(died).min()
    }

    /// The last description of this kind that it made: the one that counts.
    pub fn description(&self, kind: Description) -> Option<&Sdp> {
        self.made.iter().rev().find(|(made, ..)| *made == kind).map(|(_, sdp, _)| sdp)
    }

    /// The kind of description that it made last: who found an offer after making one is a recipient.
    pub fn made_last(&self) -> Option<Description> {
        self.made.last().map(|(kind, ..)| *kind)
    }

    /// The offer that it made last, or was given last: whichever belongs to its role.
    pub fn last_offer(&self) -> Option<&Sdp> {
        let given = || self.applied.iter().rev().find(|(kind, ..)| *kind == Description::Offer).map(|(_, sdp, _)| sdp);
        match self.made_last()? {
            Description::Offer => self.description(Description::Offer),
            Description::Answer => given(),
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

    /// The record that it stored for the description which it made at that moment.
    pub fn stored_of(&self, made_at: Duration) -> Option<Stored> {
        let next_at = self.next_made_after(made_at);
        let is_stored =
            |call: &Call| matches!(call.kind, RequestKind::StoreRecord | RequestKind::UpdateRecord) && call.is_ok();
        let is_of_it = |call: &Call| call.started >= made_at && call.started < next_at;
        let (call, ended) = self.calls.iter().find(|(call, _)| is_stored(call) && is_of_it(call))?;
        Some(Stored { name: call.name.clone(), started: call.started, at: *ended, is_clean: call.is_clean() })
    }

    /// The record that it looked at first, which is its room's.
    pub fn room_record(&self) -> Option<&str> {
        let looks = self.calls.iter().filter(|(call, _)| call.kind == RequestKind::NameRecord);
        looks.min_by_key(|(call, _)| call.started)?.0.name.as_deref()
    }

    /// For how long it did nothing before it ended, since it sent its last request or since that moment. What it removes
    /// after its end does not count.
    pub fn idle_from(&self, moment: Duration) -> Duration {
        let Some((_, end)) = self.end else { return Duration::MAX };
        let before = self.calls.iter().filter(|(call, _)| call.started < end);
        end.saturating_sub(before.map(|(_, ended)| *ended).fold(moment, Duration::max))
    }

    /// When it had read the answer to its offer.
    pub fn answer_taken(&self) -> Option<Duration> {
        self.polls().into_iter().find(|poll| poll.found).map(|poll| poll.answered)
    }

    /// The records in which this peer does not look for an answer: its room's, in whatever generation of that, and those that
    /// it stores itself.
    pub fn own_records(&self) -> BTreeSet<&str> {
        let stores = |call: &Call| matches!(call.kind, RequestKind::CreateRecord | RequestKind::UpdateRecord);
        let own = self.calls.iter().filter(|(call, _)| stores(call)).filter_map(|(call, _)| call.name.as_deref());
        own.chain(self.room_record()).chain(self.rooms.iter().map(String::as_str)).collect()
    }

    /// Every look for an answer, in the order in which they began.
    pub fn polls(&self) -> Vec<Poll> {
        // By when they were sent. A look goes on until the next begins: handles are used again by a launcher that restarts.
        let mut sent: Vec<usize> = (0..self.calls.len()).collect();
        sent.sort_by_key(|index| self.calls[*index].0.started);
        let begins = |index: &usize| self.calls[*index].0.kind == RequestKind::NameRecord;
        let looks = sent.chunk_by(|_, next| !begins(next)).filter(|look| look.first().is_some_and(begins));
        let own = self.own_records();
        let is_poll = |name: Option<&str>| name.is_none_or(|name| !own.contains(name));
        let polls = looks.filter(|look| is_poll(self.calls[look[0]].0.name.as_deref()));
        polls.map(|look| self.poll(look)).collect()
    }

    /// Its looks for an answer to the offer that was ready at that moment.
    pub fn polls_of(&self, ready: Duration) -> Vec<Poll> {
        let until = self.next_made_after(ready);
        self.polls().into_iter().filter(|poll| poll.started >= ready && poll.started < until).collect()
    }

    /// When each offer was ready that it made.
    pub fn offers_ready(&self) -> impl Iterator<Item = Duration> {
        self.made.iter().filter(|(kind, ..)| *kind == Description::Offer).map(|(.., at)| *at)
    }

    fn next_made_after(&self, made_at: Duration) -> Duration {
        self.made.iter().map(|(.., at)| *at).filter(|at| *at > made_at).min().unwrap_or(Duration::MAX)
    }

    /// A poll is a data id, the record that was fetched with it, the reading of that, and the dropping of both.
    fn poll(&self, look: &[usize]) -> Poll {
        let named = &self.calls[look[0]].0;
        let is_of = |call: &Call, nouns: [RequestKind; 2], handle: Option<u64>| {
            nouns.contains(&call.kind) && handle.is_some() && call.target == handle
        };
        let is_of_data_id = |call: &Call| is_of(call, [RequestKind::FetchRecord, RequestKind::DropDataId], named.given);
        let mut asked = look.iter().map(|at| &self.calls[*at].0);
        let fetch = asked.find(|call| call.kind == RequestKind::FetchRecord && is_of_data_id(call));
        let record = fetch.and_then(|fetch| fetch.given);
        let is_of_record = |call: &Call| is_of(call, [RequestKind::ReadRecord, RequestKind::DropRecord], record);
        let (first, rest) = (look[0], &look[1..]);
        let belongs = |at: &&usize| {
            let call = &self.calls[**at].0;
            is_of_data_id(call) || is_of_record(call)
        };
        let mut calls: Vec<usize> = std::iter::once(first).chain(rest.iter().filter(belongs).copied()).collect();
        calls.sort_unstable();
        let visits = || calls.iter().map(|at| &self.calls[*at]);
        let gives_back = |call: &Call| matches!(call.kind, RequestKind::DropDataId | RequestKind::DropRecord);
        let last = |ends: &mut dyn Iterator<Item = Duration>| ends.fold(Duration::ZERO, Duration::max);
        Poll {
            started: named.started,
            answered: last(&mut visits().filter(|(call, _)| !gives_back(call)).map(|(_, ended)| *ended)),
            ended: last(&mut visits().map(|(_, ended)| *ended)),
            found: visits().any(|(call, _)| call.kind == RequestKind::ReadRecord && call.is_ok()),
            empty: fetch.is_some_and(|fetch| fetch.outcome == Outcome::Answered(404)),
            is_clean: visits().all(|(call, _)| call.is_clean()),
            calls,
        }
    }
}
