//! Offer/answer exchanges: one visit made an offer, and another the answer to it.

use std::time::Duration;

use signaling::Sdp;

use super::visit::{Stored, VisitTrace};
use crate::record::{Call, CallOutcome, Description, RequestKind};

/// An offer that was answered.
#[derive(Debug, Clone, Copy)]
pub struct Exchange<'a> {
    /// The visit that made the offer.
    pub initiator: &'a VisitTrace,
    /// The visit that answered it.
    pub recipient: &'a VisitTrace,
    /// The offer.
    pub offer: &'a Sdp,
    /// The answer.
    pub answer: &'a Sdp,
    offer_made: Duration,
    answer_made: Duration,
}

/// Where an exchange is in the visits of a pair, so that a trace can keep its exchanges.
#[derive(Debug, Clone, Copy)]
pub(super) struct ExchangeIndex {
    /// The initiator and the recipient among the visits.
    visits: [usize; 2],
    /// The offer among what the initiator made, and the answer among what the recipient made.
    made: [usize; 2],
}

impl ExchangeIndex {
    /// All exchanges, in the order of the answers of each recipient.
    pub(super) fn all(visits: &[VisitTrace]) -> Vec<Self> {
        let answers =
            visits.iter().enumerate().flat_map(|(index, visit)| answered(visit).map(move |pair| (index, pair)));
        let exchanges = answers.filter_map(|(recipient, (offer, answer))| {
            let others = visits.iter().enumerate().filter(|(index, _)| *index != recipient);
            let mut made = others.filter_map(|(index, visit)| Some((index, made(visit, Description::Offer, offer)?)));
            let (initiator, offer) = made.next()?;
            let answer = self::made(&visits[recipient], Description::Answer, answer)?;
            Some(Self { visits: [initiator, recipient], made: [offer, answer] })
        });
        exchanges.collect()
    }

    /// The exchange itself.
    pub(super) fn of(self, visits: &[VisitTrace]) -> Exchange<'_> {
        let [initiator, recipient] = self.visits.map(|index| &visits[index]);
        let (_, offer, offer_made) = &initiator.made[self.made[0]];
        let (_, answer, answer_made) = &recipient.made[self.made[1]];
        Exchange { initiator, recipient, offer, answer, offer_made: *offer_made, answer_made: *answer_made }
    }
}

impl Exchange<'_> {
    /// Whether the initiator's transport was given this answer.
    pub fn is_accepted(&self) -> bool {
        self.initiator.applied.iter().any(|(kind, sdp, _)| *kind == Description::Answer && sdp == self.answer)
    }

    /// Whether both channels opened.
    pub fn is_connected(&self) -> bool {
        self.is_accepted() && self.initiator.opened_at().is_some() && self.recipient.opened_at().is_some()
    }

    /// The record of its answer.
    pub fn answer_stored(&self) -> Option<Stored> {
        self.recipient.stored_of(self.answer_made)
    }

    /// When the recipient began to delete the answer that it had stored, if it did. A deletion that the launcher refused removed
    /// nothing; one without a response may have.
    pub fn answer_removed(&self) -> Option<Duration> {
        let stored = self.answer_stored()?;
        let removes = |(call, ended): &&(Call, Duration)| {
            let is_refused = matches!(call.outcome, CallOutcome::Answered(_)) && !call.is_ok();
            call.kind == RequestKind::DeleteRecord && call.name == stored.name && *ended >= stored.at && !is_refused
        };
        self.recipient.calls.iter().find(removes).map(|(call, _)| call.started)
    }

    /// The record of its answer, unless the recipient deleted it before the initiator was given it.
    pub fn answer_kept(&self) -> Option<Stored> {
        self.answer_stored().filter(|_| self.is_accepted() || self.answer_removed().is_none())
    }

    /// The record of its offer.
    pub fn offer_stored(&self) -> Option<Stored> {
        self.initiator.stored_of(self.offer_made)
    }

    /// When both channels were open.
    pub fn connected_at(&self) -> Option<Duration> {
        let both = self.initiator.opened_at()?.max(self.recipient.opened_at()?);
        self.is_accepted().then_some(both)
    }
}

/// Where a visit made that description first.
fn made(visit: &VisitTrace, kind: Description, sdp: &Sdp) -> Option<usize> {
    visit.made.iter().position(|(made, text, _)| *made == kind && text == sdp)
}

/// The offers that the transport of a visit was given, each with the answer that it made next.
fn answered(visit: &VisitTrace) -> impl Iterator<Item = (&Sdp, &Sdp)> {
    let offers = visit.applied.iter().filter(|(kind, ..)| *kind == Description::Offer).map(|(_, sdp, _)| sdp);
    let answers = visit.made.iter().filter(|(kind, ..)| *kind == Description::Answer).map(|(_, sdp, _)| sdp);
    offers.zip(answers)
}
