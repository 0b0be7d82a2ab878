//! What can go wrong with a call.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::delay::{Latency, When, check_delay};
use super::error::{InvalidRule, NetworkError};
use crate::call::Call;
use crate::millis;

/// One thing that goes wrong with a call.
///
/// In JSON, a fault without settings is its name; another one is an object with one field:
/// `"lose_answer"`, `{"fail": {"error": "LowBalance"}}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Fault {
    /// The call takes longer.
    Delay {
        /// How much longer.
        by: Latency,
        /// Whether its request or its answer is delayed.
        #[serde(default)]
        when: When,
    },
    /// The connection is closed before anything is done, as by a server that accepts no more.
    Refuse,
    /// The connection is reset (over TCP with a reset segment) before anything is done.
    Reset,
    /// The call is carried out, and its answer is lost: the connection is closed instead.
    LoseAnswer,
    /// The call is carried out, and the connection is closed in the middle of its answer, before `content-length`
    /// bytes.
    CloseHalfway,
    /// The call is carried out, and its answer has no body.
    EmptyAnswer,
    /// The call is carried out, and its answer has only the first half of its body, with a matching `content-length`.
    CutAnswer,
    /// The call is carried out, and its answer cannot be parsed.
    MalformedAnswer,
    /// The call is not carried out, and fails with an error of the network. A request with an invalid token still fails
    /// for its token.
    Fail {
        /// Which error.
        error: NetworkError,
    },
    /// A fetch reads the network as it was some time ago, without this launcher's own later writes. Writes are still
    /// checked against the current state. Strikes fetches only.
    StaleRead {
        /// How long ago.
        #[serde(rename = "by_ms", with = "millis")]
        by: Duration,
    },
    /// A write is acknowledged now, and becomes visible to other launchers later; to this one at once. Strikes mutating
    /// calls only.
    SlowVisibility {
        /// How much later.
        #[serde(rename = "by_ms", with = "millis")]
        by: Duration,
    },
    /// The session that sends the call is revoked. Without a session, nothing happens.
    RevokeSession {
        /// Before the call, which then fails for its token, or after it.
        #[serde(default)]
        when: When,
    },
    /// All handles of the launcher are lost. New handles continue to count.
    LoseHandles {
        /// Before the call or after it.
        #[serde(default)]
        when: When,
    },
    /// The launcher restarts: sessions and handles are lost, and handles count from 1 again. The network and the
    /// account that is logged in are kept.
    RestartLauncher {
        /// Before the call, which then fails for its token, or after it.
        #[serde(default)]
        when: When,
    },
    /// The network is unreachable for the call: it fails with `RequestTimeout` and changes nothing. Strikes only the
    /// calls that always need the network: fetch, put, post, delete, unclaim.
    #[serde(rename = "cut_off")]
    Partition {
        /// How long the launcher waits for the network before it answers.
        #[serde(default, rename = "after_ms", with = "millis")]
        after: Duration,
    },
}

impl Fault {
    /// Its name in rules.
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

    /// Whether it can apply to such a call. Other calls are not counted.
    pub(super) fn concerns(&self, call: Call) -> bool {
        match self {
            Self::StaleRead { .. } => call == Call::Fetch,
            Self::SlowVisibility { .. } => call.changes_structured_data(),
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
