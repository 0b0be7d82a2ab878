//! Which calls a rule matches.

use serde::{Deserialize, Serialize};

use super::error::InvalidRule;
use crate::call::Call;
use crate::network::DataName;

/// The methods of the API.
const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/// Which calls a rule matches: those that meet every field that is present. Without fields, every call.
///
/// `nth`, `from_nth` and `every_nth` count the calls that meet the other fields; then `chance` is drawn.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Matcher {
    /// The method, in either case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call: Option<Call>,
    /// Whether the call changes what is stored under a name: [`Call::is_mutating`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mutating: Option<bool>,
    /// The text of the request's header `x-mock-peer`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peer: Option<String>,
    /// The text of the request's header `x-mock-room`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room: Option<String>,
    /// The name of the record that the call is about, in base64 as the API writes it: from its body, or from the object
    /// behind its handle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
    /// Only the n-th call, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nth: Option<u64>,
    /// Only from the n-th call on, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_nth: Option<u64>,
    /// Only every n-th call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub every_nth: Option<u64>,
    /// Only with this probability, from 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chance: Option<f64>,
}

impl Matcher {
    /// Every call.
    pub fn every() -> Self {
        Self::default()
    }

    /// One kind of call.
    pub fn call(call: Call) -> Self {
        Self { call: Some(call), ..Self::default() }
    }

    /// The calls that change what is stored under a name.
    pub fn mutating() -> Self {
        Self { mutating: Some(true), ..Self::default() }
    }

    pub(super) fn check(&self) -> Result<(), InvalidRule> {
        if let Some(chance) = self.chance
            && !(0.0..=1.0).contains(&chance)
        {
            return Err(InvalidRule::Chance(chance));
        }
        for (name, count) in [("nth", self.nth), ("from_nth", self.from_nth), ("every_nth", self.every_nth)] {
            if count == Some(0) {
                return Err(InvalidRule::CountFromOne(name));
            }
        }
        if let Some(method) = &self.method
            && !METHODS.iter().any(|known| known.eq_ignore_ascii_case(method))
        {
            return Err(InvalidRule::NotAMethod(method.clone()));
        }
        self.name().map(|_| ())
    }

    /// The name in `record`.
    pub(super) fn name(&self) -> Result<Option<DataName>, InvalidRule> {
        let Some(text) = &self.record else { return Ok(None) };
        DataName::parse(text).map(Some).ok_or_else(|| InvalidRule::NotARecord(text.clone()))
    }

    /// Whether a call meets every field but the counts and the chance. `record` is [`Matcher::name`].
    pub(super) fn is_about(&self, request: &Request<'_>, record: Option<DataName>) -> bool {
        self.call.is_none_or(|call| call == request.call)
            && self.mutating.is_none_or(|mutating| mutating == request.call.is_mutating())
            && self.method.as_ref().is_none_or(|method| method.eq_ignore_ascii_case(request.method))
            && self.peer.as_ref().is_none_or(|peer| request.peer == Some(peer.as_bytes()))
            && self.room.as_ref().is_none_or(|room| request.room == Some(room.as_bytes()))
            && (record.is_none() || record == request.record)
    }

    /// Whether the counts include the call that is the `count`-th to meet the other fields.
    pub(super) fn counts(&self, count: u64) -> bool {
        self.nth.is_none_or(|nth| count == nth)
            && self.from_nth.is_none_or(|from| count >= from)
            && self.every_nth.is_none_or(|every| count.is_multiple_of(every))
    }
}

/// What is known of a request before anything is done with it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Request<'a> {
    /// What it asks for.
    pub call: Call,
    /// Its method.
    pub method: &'a str,
    /// The peer that sends it, by its header.
    pub peer: Option<&'a [u8]>,
    /// The room that it is sent for, by its header.
    pub room: Option<&'a [u8]>,
    /// The name of the record that it is about, if it is known and a rule needs it.
    pub record: Option<DataName>,
}
