//! The mutations: bugs that a scenario can plant, to see that a check finds each.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A bug that a run plants on purpose, to see that the checks find it (mutation testing).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
#[value(rename_all = "snake_case")]
pub enum Mutation {
    /// The peers report that they dropped their handles, and keep them.
    KeepsHandles,
    /// The peers report that they removed their records, and keep them.
    KeepsRecords,
    /// The peers ask for each data id five times.
    AsksTooOften,
    /// The launchers change what is read from a record.
    AltersRecords,
    /// The launchers acknowledge a write and do not store it.
    ForgetsWrites,
    /// The launchers acknowledge a write to a name that is taken.
    AcknowledgesConflicts,
    /// The launchers never find a record under a name under which they once found none.
    HidesAnswers,
}

impl Mutation {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::KeepsHandles,
        Self::KeepsRecords,
        Self::AsksTooOften,
        Self::AltersRecords,
        Self::ForgetsWrites,
        Self::AcknowledgesConflicts,
        Self::HidesAnswers,
    ];

    /// Whether the peer is wrong: then the mutation is planted above the recorder of its requests.
    pub(crate) fn is_of_the_peer(self) -> bool {
        matches!(self, Self::KeepsHandles | Self::KeepsRecords | Self::AsksTooOften)
    }
}

impl fmt::Display for Mutation {
    /// The name in scenario files and on the command line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::KeepsHandles => "keeps_handles",
            Self::KeepsRecords => "keeps_records",
            Self::AsksTooOften => "asks_too_often",
            Self::AltersRecords => "alters_records",
            Self::ForgetsWrites => "forgets_writes",
            Self::AcknowledgesConflicts => "acknowledges_conflicts",
            Self::HidesAnswers => "hides_answers",
        })
    }
}
