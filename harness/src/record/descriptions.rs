//! Which session descriptions a client made and applied, derived from its requests alone: so it is known of any client, also of one
//! whose transport cannot be watched.
//!
//! A description was made when the client first wants to store it. An offer was applied if the client stores an answer after it has
//! read that offer. An answer was applied if the client has read it. One that says that it answers another offer was applied
//! only if the client then reports that it is connected, or looks for no other answer: a careful client goes on polling.

use std::time::Duration;

use signaling::{AnswerId, RecordName, Sdp};

use super::event::{Description, EventKind};
use super::payload::Payload;

/// Reads the requests of one client in one visit, in their order.
#[derive(Debug, Default)]
pub(crate) struct DescriptionReader {
    /// What it wanted to store last.
    made: Option<Payload>,
    /// The last offer of another client that it has read.
    found: Option<Payload>,
    /// The answer that it applied.
    applied: Option<Sdp>,
    /// An answer that it has read last, and that answers another offer.
    doubtful: Option<Doubtful>,
}

/// An answer to another offer than that of its reader.
#[derive(Debug)]
struct Doubtful {
    sdp: Sdp,
    /// The name of its record.
    record: Option<String>,
    /// When it was read.
    read: Duration,
}

impl DescriptionReader {
    /// The client wants to store this, under the record of this name.
    pub(crate) fn stores(&mut self, record: Option<&str>, payload: Payload) -> Vec<EventKind> {
        // A request may be repeated.
        if self.made.as_ref().is_some_and(|made| (made.kind, &made.sdp) == (payload.kind, &payload.sdp)) {
            return Vec::new();
        }
        let mut events = Vec::new();
        if payload.kind == Description::Answer {
            let found = self.found.take().filter(|offer| record.is_none_or(|record| is_answer_of(offer, record)));
            events.extend(found.map(|offer| EventKind::Applied(Description::Offer, offer.sdp)));
        }
        events.push(EventKind::Made(payload.kind, payload.sdp.clone()));
        (self.made, self.applied, self.doubtful) = (Some(payload), None, None);
        events
    }

    /// The client looks for a record: what it has read there before was not enough.
    pub(crate) fn looks(&mut self, record: Option<&str>) {
        self.doubtful.take_if(|doubtful| doubtful.record.as_deref() == record);
    }

    /// The client has read this in the record of this name.
    pub(crate) fn reads(&mut self, record: Option<&str>, payload: Payload, now: Duration) -> Option<EventKind> {
        if self.made.as_ref().is_some_and(|made| made.sdp == payload.sdp) {
            // Its own record, which it reads before it removes it.
            return None;
        }
        match payload.kind {
            Description::Offer => {
                self.found = Some(payload);
                None
            }
            Description::Answer => {
                let offer = self.made.as_ref().filter(|made| made.kind == Description::Offer)?;
                if payload.offer_hash.as_ref().is_some_and(|hash| *hash != offer.hash) {
                    let record = record.map(ToOwned::to_owned);
                    self.doubtful = Some(Doubtful { sdp: payload.sdp, record, read: now });
                    return None;
                }
                self.apply(payload.sdp)
            }
        }
    }

    /// The client reports that it is connected.
    pub(crate) fn connects(&mut self) -> Option<EventKind> {
        if self.applied.is_some() {
            return None;
        }
        let Doubtful { sdp, .. } = self.doubtful.take()?;
        self.apply(sdp)
    }

    /// The visit ends. A client that would poll again has done so within `patience`.
    pub(crate) fn ends(&mut self, now: Duration, patience: Duration) -> Option<EventKind> {
        let Doubtful { sdp, .. } =
            self.doubtful.take().filter(|doubtful| now.saturating_sub(doubtful.read) >= patience)?;
        if self.applied.is_some() {
            return None;
        }
        self.apply(sdp)
    }

    /// It may read one answer several times.
    fn apply(&mut self, sdp: Sdp) -> Option<EventKind> {
        let is_new = self.applied.as_ref() != Some(&sdp);
        self.applied = Some(sdp.clone());
        is_new.then_some(EventKind::Applied(Description::Answer, sdp))
    }
}

/// Whether the record of this name is that of the answer to this offer.
fn is_answer_of(offer: &Payload, record: &str) -> bool {
    AnswerId::new(offer.answer_id.as_str()).is_ok_and(|id| RecordName::of_answer(&id).as_str() == record)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER_ID: &str = "room-0.5";

    /// The record in which something is read.
    const RECORD: Option<&str> = Some("record");

    /// When something is read.
    const READ: Duration = Duration::from_secs(2);

    fn payload(kind: Description, text: &str, offer_hash: Option<&str>) -> Payload {
        Payload {
            kind,
            sdp: Sdp::new(text),
            answer_id: ANSWER_ID.to_owned(),
            hash: format!("hash of {text}"),
            offer_hash: offer_hash.map(ToOwned::to_owned),
        }
    }

    fn made(kind: Description, text: &str) -> EventKind {
        EventKind::Made(kind, Sdp::new(text))
    }

    fn applied(kind: Description, text: &str) -> EventKind {
        EventKind::Applied(kind, Sdp::new(text))
    }

    fn answer_record() -> String {
        RecordName::of_answer(&AnswerId::new(ANSWER_ID).unwrap()).as_str().to_owned()
    }

    #[test]
    fn an_initiator_makes_its_offer_once_and_applies_the_answer_once() {
        let mut reader = DescriptionReader::default();
        let offer = || payload(Description::Offer, "o", None);
        assert_eq!(reader.stores(Some("room"), offer()), [made(Description::Offer, "o")]);
        assert_eq!(reader.stores(Some("room"), offer()), [], "a request that is repeated makes no second offer");
        assert_eq!(reader.reads(RECORD, offer(), READ), None, "its own offer");
        let answer = || payload(Description::Answer, "a", Some("hash of o"));
        assert_eq!(reader.reads(RECORD, answer(), READ), Some(applied(Description::Answer, "a")));
        assert_eq!(reader.reads(RECORD, answer(), READ), None);
        assert_eq!(reader.connects(), None);
    }

    #[test]
    fn a_recipient_applies_the_offer_whose_answer_it_stores() {
        let mut reader = DescriptionReader::default();
        assert_eq!(reader.reads(RECORD, payload(Description::Offer, "o", None), READ), None);
        let events = reader.stores(Some(&answer_record()), payload(Description::Answer, "a", None));
        assert_eq!(events, [applied(Description::Offer, "o"), made(Description::Answer, "a")]);
    }

    #[test]
    fn an_answer_under_another_record_applies_no_offer() {
        let mut reader = DescriptionReader::default();
        reader.reads(RECORD, payload(Description::Offer, "o", None), READ);
        let events = reader.stores(Some("another record"), payload(Description::Answer, "a", None));
        assert_eq!(events, [made(Description::Answer, "a")]);
    }

    #[test]
    fn an_answer_to_another_offer_is_applied_only_by_a_client_that_then_connects() {
        let mut reader = DescriptionReader::default();
        reader.stores(Some("room"), payload(Description::Offer, "o", None));
        assert_eq!(reader.reads(RECORD, payload(Description::Answer, "old", Some("hash of an old offer")), READ), None);
        assert_eq!(reader.connects(), Some(applied(Description::Answer, "old")));

        let mut careful = DescriptionReader::default();
        careful.stores(Some("room"), payload(Description::Offer, "o", None));
        careful.reads(RECORD, payload(Description::Answer, "old", Some("hash of an old offer")), READ);
        careful.reads(RECORD, payload(Description::Answer, "a", Some("hash of o")), READ);
        assert_eq!(careful.connects(), None);
    }

    #[test]
    fn an_answer_to_another_offer_is_applied_by_a_client_that_looks_for_no_other() {
        let read_old = || {
            let mut reader = DescriptionReader::default();
            reader.stores(Some("room"), payload(Description::Offer, "o", None));
            reader.reads(RECORD, payload(Description::Answer, "old", Some("hash of an old offer")), READ);
            reader
        };
        let patience = Duration::from_secs(4);
        assert_eq!(read_old().ends(READ + patience / 2, patience), None, "it may have polled later");
        let late = READ + patience * 2;
        assert_eq!(read_old().ends(late, patience), Some(applied(Description::Answer, "old")));
        let mut careful = read_old();
        careful.looks(Some("room"));
        assert!(careful.doubtful.is_some(), "it looks for another record");
        careful.looks(RECORD);
        assert_eq!(careful.ends(late, patience), None);
    }

    #[test]
    fn what_an_app_stores_beside_is_no_description() {
        assert_eq!(Payload::read(b"{}"), None);
        let stored = br#"{"payload":{"type":"offer","sdp":"v=0"},"targetId":"id"}"#;
        let read = Payload::read(stored).unwrap();
        assert_eq!((read.kind, read.sdp.as_str(), read.answer_id.as_str()), (Description::Offer, "v=0", "id"));
    }
}
