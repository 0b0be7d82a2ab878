//! The report of a run: plain values first, then text for people, JSON for scripts, `JUnit` XML for CI viewers and a diagram
//! of one pair. It does not know how a run is played. `docs/report.md` describes the formats.

mod format;
mod github;
pub(crate) mod html;
mod json;
mod junit;
mod known_gap;
pub(crate) mod model;
mod pair;
mod repeat;
mod sequence;
mod suite;
mod text;

pub use format::{Format, SummaryFormat};
pub(crate) use format::{OrdersFormat, PageFormat, formatted};
pub(crate) use github::github_suite;
pub(crate) use html::HtmlFile;
pub use json::json;
pub(crate) use json::pretty;
pub use junit::junit;
pub use known_gap::GapReport;
pub(crate) use known_gap::check_known_gap;
pub use model::{CheckReport, CommandReport, NotChecked, SCHEMA};
pub(crate) use model::{Played, Report};
pub use pair::{Breach, PairReport, Roles};
pub use sequence::mermaid;
pub use suite::{NotPlayed, SuiteReport};
pub(crate) use text::expected_and_found;
pub use text::text;
