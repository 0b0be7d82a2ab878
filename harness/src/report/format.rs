//! The formats of a report.

use clap::ValueEnum;

use super::github::github;
use super::html::run_page;
use super::json::json;
use super::junit::junit;
use super::model::Report;
use super::sequence::mermaid;
use super::text::text_as;
use crate::github::Output;
use crate::screen::Look;

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
    /// A page for browsers: one file with plots and the lanes of each pair
    Html,
    /// For GitHub Actions: annotations, and a summary of the step
    Github,
}

/// The formats of a report of many worlds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum SummaryFormat {
    /// For people
    #[default]
    Text,
    /// For scripts
    Json,
    /// A page for browsers: one file
    Html,
    /// For GitHub Actions: annotations, and a summary of the step
    Github,
}

/// The formats of what is a text or a page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum PageFormat {
    /// For people
    #[default]
    Text,
    /// A page for browsers: one file
    Html,
}

/// The formats of the report of every order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum OrdersFormat {
    /// For people
    #[default]
    Text,
    /// A page for browsers: one file
    Html,
    /// For GitHub Actions: annotations, and a summary of the step
    Github,
}

/// The report of one run; `pair` is that of a diagram. A diagram of a pair that the run does not have is empty.
pub(crate) fn formatted(report: &Report, format: Format, pair: Option<usize>, look: Look) -> Output {
    match format {
        Format::Text => text_as(report, look).into(),
        Format::Json => json(report).into(),
        Format::Junit => junit(std::slice::from_ref(report)).into(),
        Format::Mermaid => mermaid(report, pair).unwrap_or_default().into(),
        Format::Html => run_page(report).into(),
        Format::Github => github(report).into(),
    }
}
