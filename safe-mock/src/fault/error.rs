//! The errors of the network that a rule can name, and the reasons why a rule is invalid.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::escape::Escaped;
use crate::millis;

/// An error of the network, by the last word of its name on the wire.
///
/// The original launcher had some names twice, for reads and for writes; the call decides which one is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum NetworkError {
    /// -37: the network did not answer in time.
    RequestTimeout,
    /// -15: the connection to the network was lost.
    OperationAborted,
    /// -19 for reads, -27 for writes: anything else.
    NetworkOther,
    /// -17 for reads, -20 for writes: the network does not know the account.
    NoSuchAccount,
    /// -18 for reads, -22 for writes: nothing is stored there.
    NoSuchData,
    /// -21: an account is stored there.
    AccountExists,
    /// -23: the name is taken.
    DataExists,
    /// -24: the account has no more to spend.
    LowBalance,
    /// -25: not a valid successor.
    InvalidSuccessor,
    /// -26: not possible with what is stored there.
    InvalidOperation,
    /// -28: the network is full.
    NetworkFull,
    /// -29: larger than the network accepts.
    DataTooLarge,
}

/// An invalid rule. It was not added.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidRule {
    /// Chances lie between 0 and 1.
    #[error("`chance` is {0}, and must lie between 0 and 1")]
    Chance(f64),
    /// Calls are counted from 1.
    #[error("`{0}` is 0, and calls are counted from 1")]
    CountFromOne(&'static str),
    /// The fault would never strike.
    #[error("`times` is 0: the fault would never strike")]
    NeverStrikes,
    /// Not a name.
    #[error("`record` is `{}`, which is not 32 bytes in base64", Escaped(.0))]
    NotARecord(String),
    /// Not a method.
    #[error("`method` is `{}`, which the API does not have", Escaped(.0))]
    NotAMethod(String),
    /// The shortest is longer than the longest.
    #[error("the delay ranges from {} ms to {} ms; the first must not be larger", millis::of(*shortest), millis::of(*longest))]
    DelaysCross {
        /// The smaller end, or the median.
        shortest: Duration,
        /// The larger end.
        longest: Duration,
    },
    /// A delay is longer than [`DELAY_MAX`](super::DELAY_MAX).
    #[error("a delay of {} ms is longer than a day", millis::of(*.0))]
    DelayTooLong(Duration),
    /// The launcher has as many rules as it may have.
    #[error("there are {0} rules already; remove one first")]
    TooMany(usize),
}
