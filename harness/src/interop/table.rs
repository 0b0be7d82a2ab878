//! The table as a value.

use serde::Serialize;

/// Which peers meet which.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct InteropTable {
    /// The version of the form.
    pub schema: u32,
    /// Whether every pair met, but for those with a reason of a peer's own.
    pub passed: bool,
    /// The peers.
    pub peers: Vec<InteropPeer>,
    /// Every pair: each peer as the initiator, with each as the recipient.
    pub pairs: Vec<InteropPair>,
}

/// A peer of the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct InteropPeer {
    /// Its name.
    pub name: String,
    /// Its language and its WebRTC implementation.
    pub about: String,
}

/// What became of one pair.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct InteropPair {
    /// The name of the peer that makes the offer.
    pub initiator: String,
    /// The name of the peer that answers.
    pub recipient: String,
    /// Whether both channels opened, in both meetings.
    pub connected: Step,
    /// From when the initiator had read the answer until both channels were open, in milliseconds.
    pub connect_ms: Option<f64>,
    /// Whether a short text arrived in each direction.
    pub text: Step,
    /// Whether a text of 60 KB arrived in each direction.
    pub large_text: Step,
    /// Whether the recipient saw that the initiator closed.
    pub initiator_closes: Step,
    /// Whether the initiator saw that the recipient closed.
    pub recipient_closes: Step,
    /// How often it was tried: what is here is of the last time.
    pub attempts: u32,
    /// Why not, where a step failed: a reason of a peer's own, or what was seen.
    pub why: Option<String>,
    /// Whether that is a known reason of a peer's own.
    pub is_excused: bool,
}

/// What became of one step of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// It went as it should.
    Passed,
    /// It did not.
    Failed,
    /// An earlier step failed, so that there was nothing to see.
    NotReached,
}

impl Step {
    /// Whether a step that was reached went as it should.
    pub(super) fn of(is_reached: bool, is_passed: bool) -> Self {
        match (is_reached, is_passed) {
            (false, _) => Self::NotReached,
            (true, true) => Self::Passed,
            (true, false) => Self::Failed,
        }
    }
}

impl InteropPair {
    /// Every step, in order.
    pub fn steps(&self) -> [Step; 5] {
        [self.connected, self.text, self.large_text, self.initiator_closes, self.recipient_closes]
    }

    /// Whether every step went as it should.
    pub fn is_well(&self) -> bool {
        self.steps().iter().all(|step| *step == Step::Passed)
    }
}
