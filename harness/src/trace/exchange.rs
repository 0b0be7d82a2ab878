//! Two parts that belong together: one made an offer, and the other an answer to it.

use std::time::Duration;

use signaling::Sdp;

use super::visit::{Stored, VisitTrace};
use crate::record::{Call, Description, RequestKind};

/// An offer that was answered.
#[derive(Debug, Clone, Copy)]
pub struct Exchange<'a> {
    /// Who made the offer.
    pub initiator: &'a VisitTrace,
    /// Who answered it.
    pub recipient: &'a VisitTrace,
    /// The offer.
    pub offer: &'a Sdp,
    /// The answer.
    pub answer: &'a Sdp,
}

impl<'a> Exchange<'a> {
    /// All of them, in the order of the answers of each recipient.
    pub(crate) fn among(visits: &'a [VisitTrace]) -> Vec<Self> {
        let answers = visits.iter().flat_map(|recipient| answered(recipient).map(move |found| (recipient, found)));
        let exchanges = answers.filter_map(|(recipient, (offer, answer))| {
            let made = |visit: &&VisitTrace| {
                visit.made.iter().any(|(kind, sdp, _)| *kind == Description::Offer && sdp == offer)
            };
            let initiator = visits.iter().filter(|visit| visit.who != recipient.who).find(made)?;
            Some(Self { initiator, recipient, offer, answer })
        });
        exchanges.collect()
    }

    /// Whether the initiator was given this answer.
    pub fn is_accepted(&self) -> bool {
        let is_this =
            |(kind, sdp, _): &&(Description, Sdp, Duration)| *kind == Description::Answer && sdp == self.answer;
        self.initiator.applied.iter().any(|applied| is_this(&applied))
    }

    /// Whether both channels opened.
    pub fn is_connected(&self) -> bool {
        self.is_accepted() && self.initiator.opened_at().is_some() && self.recipient.opened_at().is_some()
    }

    /// The record of its answer.
    pub fn answer_stored(&self) -> Option<Stored> {
        let made = |(kind, sdp, _): &&(Description, Sdp, Duration)| *kind == Description::Answer && sdp == self.answer;
        let (.., made_at) = self.recipient.made.iter().find(made)?;
        self.recipient.stored_of(*made_at)
    }

    /// When the recipient began to take back the answer that it had stored, if it did.
    pub fn answer_removed(&self) -> Option<Duration> {
        let stored = self.answer_stored()?;
        let removes = |(call, ended): &&(Call, Duration)| {
            call.kind == RequestKind::DeleteRecord && call.name == stored.name && *ended >= stored.at
        };
        self.recipient.calls.iter().find(removes).map(|(call, _)| call.started)
    }

    /// The record of its answer, unless the recipient took it back before the initiator was given it.
    pub fn answer_kept(&self) -> Option<Stored> {
        self.answer_stored().filter(|_| self.is_accepted() || self.answer_removed().is_none())
    }

    /// The record of its offer.
    pub fn offer_stored(&self) -> Option<Stored> {
        let made = |(kind, sdp, _): &&(Description, Sdp, Duration)| *kind == Description::Offer && sdp == self.offer;
        let (.., made_at) = self.initiator.made.iter().find(made)?;
        self.initiator.stored_of(*made_at)
    }

    /// When both channels were open.
    pub fn connected_at(&self) -> Option<Duration> {
        let both = self.initiator.opened_at()?.max(self.recipient.opened_at()?);
        self.is_accepted().then_some(both)
    }
}

/// The offers that a part was given, each with the answer that it made next.
fn answered(visit: &VisitTrace) -> impl Iterator<Item = (&Sdp, &Sdp)> {
    let offers = visit.applied.iter().filter(|(kind, ..)| *kind == Description::Offer).map(|(_, sdp, _)| sdp);
    let answers = visit.made.iter().filter(|(kind, ..)| *kind == Description::Answer).map(|(_, sdp, _)| sdp);
    offers.zip(answers)
}
