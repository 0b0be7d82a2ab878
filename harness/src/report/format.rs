//! The formats of a report.

use clap::ValueEnum;

use super::json::json;
use super::junit::junit;
use super::model::Report;
use super::sequence::mermaid;
use super::text::text;

/// The formats of a report.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    #[default]
    Text,
    /// For scripts
    Json,
    /// For CI viewers: XML, one test suite for each run
    Junit,
    /// A sequence diagram of one pair, for Markdown
    Mermaid,
}

/// The formats of a report of many worlds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum SummaryFormat {
    /// For people
    #[default]
    Text,
    /// For scripts
    Json,
}

/// The report of one run; `pair` is that of a diagram. A diagram of a pair that the run does not have is empty.
pub(crate) fn formatted(report: &Report, format: Format, pair: Option<usize>) -> String {
    match format {
        Format::Text => text(report),
        Format::Json => json(report),
        Format::Junit => junit(std::slice::from_ref(report)),
        Format::Mermaid => mermaid(report, pair).unwrap_or_default(),
    }
}
