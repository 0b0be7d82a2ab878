//! An offer or answer that was stored, and what became of it.

use std::time::Duration;

use super::observation::Observation;
use crate::journal::JournalPayload;
use crate::network::DataName;

/// A stored offer or answer.
#[derive(Debug, Clone)]
pub struct Description {
    /// The record that holds it.
    pub record: DataName,
    /// The version that was stored; `None` if it was seen by a read only.
    pub version: Option<u64>,
    /// When it was stored, or first seen.
    pub stored: Duration,
    /// The launcher that stored it, or read it first.
    pub launcher: u64,
    /// The request that stored it, or read it first.
    pub request: u64,
    /// The session of that request.
    pub session: Option<u64>,
    /// When it was removed.
    pub removed: Option<Duration>,
    /// What it says.
    pub payload: JournalPayload,
}

impl Description {
    /// The description that a request stored or read.
    pub fn new(seen: &Observation<'_>, payload: &JournalPayload) -> Self {
        Self {
            record: seen.record,
            version: seen.version,
            stored: seen.at,
            launcher: seen.launcher,
            request: seen.request,
            session: seen.session,
            removed: None,
            payload: payload.clone(),
        }
    }

    /// Whether it is still there.
    pub fn is_live(&self) -> bool {
        self.removed.is_none()
    }

    /// Whether it says the same as `payload`.
    pub fn is(&self, payload: &JournalPayload) -> bool {
        self.payload.kind == payload.kind && self.payload.sdp_hash == payload.sdp_hash
    }
}
