//! The requests of one session in one room that share handles, such as those of one lookup, and what they show of their client.

use std::collections::BTreeMap;

use super::records::answer_record;
use super::request::Request;
use crate::record::{Description, RequestKind};

/// Requests that share handles.
#[derive(Debug)]
pub(super) struct Chain {
    /// The requests, as indices.
    pub(super) requests: Vec<usize>,
    /// What they show.
    pub(super) shows: Shows,
}

/// What requests show of their client.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) enum Shows {
    /// Nothing: they find nothing of a client of the session.
    #[default]
    Nothing,
    /// It asks for a session, and has not lost one.
    Login,
    /// It stores an offer of this hash, to which the answer belongs under this record; and whether the network may have taken it.
    Offer { answer: String, hash: String, is_taken: bool },
    /// It stores an answer under this record, or wants to.
    Answer { record: String, hash: String },
    /// It deletes what is under this record, of an answer.
    DeletesAnswer { record: String },
    /// It looks for an answer under this record; and whether it has read one.
    Polls { record: String, has_found: bool },
    /// It deletes its offer, to which the answer belongs under this record.
    DeletesOffer { answer: String },
    /// It reads an offer to which the answer belongs under this record.
    FindsOffer { answer: String },
}

impl Chain {
    /// All chains of a session in a room, in the order in which they begin. Each login is one.
    pub(super) fn all(requests: &[Request<'_>], of_session: &[usize], is_login: impl Fn(usize) -> bool) -> Vec<Self> {
        let mut places = BTreeMap::<usize, Vec<usize>>::new();
        for index in of_session {
            places.entry(requests[*index].chain).or_default().push(*index);
        }
        let mut chains: Vec<Self> = places
            .into_values()
            .map(|own| {
                let shows = match own.as_slice() {
                    [only] if is_login(*only) => Shows::Login,
                    _ => shown(&own.iter().map(|index| &requests[*index]).collect::<Vec<_>>()),
                };
                Self { requests: own, shows }
            })
            .collect();
        chains.sort_by_key(|chain| chain.requests.first().copied());
        chains
    }
}

fn shown(requests: &[&Request<'_>]) -> Shows {
    let stored = |kind| {
        let mut stored = requests.iter().filter_map(|request| Some((*request, request.stored()?)));
        stored.find(|(_, payload)| payload.kind == kind)
    };
    let record = || requests.iter().find_map(|request| request.record()).map(ToOwned::to_owned);
    if let Some((request, answer)) = stored(Description::Answer) {
        let record = request.record().unwrap_or_default().to_owned();
        return Shows::Answer { record, hash: answer.hash.clone() };
    }
    if let Some((_, offer)) = stored(Description::Offer) {
        let is_taken = requests.iter().any(|request| request.may_store());
        let hash = offer.hash.clone();
        return answer_record(offer).map_or(Shows::Nothing, |answer| Shows::Offer { answer, hash, is_taken });
    }
    let deletes = requests.iter().any(|request| request.call.kind == RequestKind::DeleteRecord);
    let read = |kind| requests.iter().filter_map(|request| request.read()).find(|payload| payload.kind == kind);
    if let Some(answer) = read(Description::Offer).and_then(answer_record) {
        return if deletes { Shows::DeletesOffer { answer } } else { Shows::FindsOffer { answer } };
    }
    let has_found = read(Description::Answer).is_some();
    match record() {
        Some(record) if deletes => Shows::DeletesAnswer { record },
        Some(record) => Shows::Polls { record, has_found },
        None => Shows::Nothing,
    }
}
