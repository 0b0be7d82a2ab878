//! A promise that is known to be broken in a scenario.

use serde::{Deserialize, Serialize};

/// A promise that is known to be broken in a scenario. The run fails when the promise is kept, so that the list stays true.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownGap {
    /// What is missing.
    pub why: String,
    /// The checks that fail: all of them, and no other.
    pub checks: Vec<String>,
}
