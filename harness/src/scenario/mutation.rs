//! The bugs that a scenario can plant, to see that a check finds each.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A bug to be planted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
#[value(rename_all = "snake_case")]
pub enum Mutation {
    /// The peers say that they gave their handles back, and keep them.
    KeepsHandles,
    /// The peers say that they removed their records, and keep them.
    KeepsRecords,
    /// The peers ask for each data id five times.
    AsksTooOften,
    /// The launchers change what is read from a record.
    AltersRecords,
    /// The launchers acknowledge what they do not store.
    ForgetsWrites,
    /// The launchers acknowledge a write to a name that is taken.
    AcknowledgesConflicts,
    /// The launchers, once they found nothing under a name, never find anything there.
    HidesAnswers,
}

impl Mutation {
    /// Every one of them.
    pub const ALL: [Self; 7] = [
        Self::KeepsHandles,
        Self::KeepsRecords,
        Self::AsksTooOften,
        Self::AltersRecords,
        Self::ForgetsWrites,
        Self::AcknowledgesConflicts,
        Self::HidesAnswers,
    ];

    /// Whether it is the peer that does wrong: then it is planted above what writes its requests down.
    pub(crate) fn is_of_the_peer(self) -> bool {
        matches!(self, Self::KeepsHandles | Self::KeepsRecords | Self::AsksTooOften)
    }
}

impl fmt::Display for Mutation {
    /// As it is written in scenario files and on the command line.
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
