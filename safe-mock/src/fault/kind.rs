//! What can go wrong, in the words of whoever tests.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::delay::{Latency, When, check_delay};
use super::error::{InvalidRule, NetworkError};
use crate::call::Call;
use crate::millis;

/// One thing that goes wrong with a call.
///
/// Those without settings are written as their name, the others as an object of one field:
/// `"lose_answer"`, `{"fail": {"error": "LowBalance"}}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Fault {
    /// The call takes longer.
    Delay {
        /// How much longer.
        by: Latency,
        /// Whether its request or its answer is held up.
        #[serde(default)]
        when: When,
    },
    /// The connection is closed in good order before anything is done, as by a server that takes no more.
    Refuse,
    /// The connection is reset (over TCP with a reset segment) before anything is done.
    Reset,
    /// The call is carried out, and its answer is lost: the connection is closed instead.
    LoseAnswer,
    /// The call is carried out, and its answer breaks off in the middle: the connection closes before all that its
    /// length promised has come.
    CloseHalfway,
    /// The call is carried out, and its answer has no body.
    EmptyAnswer,
    /// The call is carried out, and its answer is well framed but holds only the first half of its body.
    CutAnswer,
    /// The call is carried out, and its answer says nothing that a client can parse.
    MalformedAnswer,
    /// The call is not carried out, and fails with an error of the network. Requests with a bad token still fail for
    /// their token.
    Fail {
        /// Which error.
        error: NetworkError,
    },
    /// A fetch sees the network as it was some time ago, this launcher's own writes included. Writes are still held
    /// against what is stored now. Strikes fetches alone.
    StaleRead {
        /// How long ago.
        #[serde(rename = "by_ms", with = "millis")]
        by: Duration,
    },
    /// A write is acknowledged now, and seen by the other launchers later; by this one at once. Strikes mutating calls
    /// alone.
    SlowVisibility {
        /// How much later.
        #[serde(rename = "by_ms", with = "millis")]
        by: Duration,
    },
    /// The user revokes the app that calls. Without a session, nothing happens.
    RevokeSession {
        /// Before the call, which is then refused, or after it.
        #[serde(default)]
        when: When,
    },
    /// All handles of the launcher are lost; new ones go on counting.
    LoseHandles {
        /// Before the call or after it.
        #[serde(default)]
        when: When,
    },
    /// The launcher stops and starts again: sessions and handles are gone and handles count from 1 again; the network
    /// and the account that is logged in are kept.
    RestartLauncher {
        /// Before the call, which then has an unknown token, or after it.
        #[serde(default)]
        when: When,
    },
    /// The call finds the network out of reach: it fails with `RequestTimeout` and changes nothing. Strikes those calls
    /// alone that always need the network: fetch, put, post, delete, unclaim.
    #[serde(rename = "cut_off")]
    Partition {
        /// How long the launcher waits for the network before it answers.
        #[serde(default, rename = "after_ms", with = "millis")]
        after: Duration,
    },
}

impl Fault {
    /// Its name, as rules are written.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Delay { .. } => "delay",
            Self::Refuse => "refuse",
            Self::Reset => "reset",
            Self::LoseAnswer => "lose_answer",
            Self::CloseHalfway => "close_halfway",
            Self::EmptyAnswer => "empty_answer",
            Self::CutAnswer => "cut_answer",
            Self::MalformedAnswer => "malformed_answer",
            Self::Fail { .. } => "fail",
            Self::StaleRead { .. } => "stale_read",
            Self::SlowVisibility { .. } => "slow_visibility",
            Self::RevokeSession { .. } => "revoke_session",
            Self::LoseHandles { .. } => "lose_handles",
            Self::RestartLauncher { .. } => "restart_launcher",
            Self::Partition { .. } => "cut_off",
        }
    }

    /// Whether it can mean anything to such a call. Others are not counted.
    pub(super) fn concerns(&self, call: Call) -> bool {
        match self {
            Self::StaleRead { .. } => call == Call::Fetch,
            Self::SlowVisibility { .. } => call.is_mutating(),
            Self::Partition { .. } => call.is_for_the_network(),
            _ => true,
        }
    }

    pub(super) fn check(&self) -> Result<(), InvalidRule> {
        match *self {
            Self::Delay { by, .. } => by.check(),
            Self::StaleRead { by } | Self::SlowVisibility { by } => check_delay(by),
            Self::Partition { after } => check_delay(after),
            _ => Ok(()),
        }
    }
}
