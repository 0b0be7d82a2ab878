//! A scorecard of a client: every scenario that applies to it, played on the real clock, side by side.

mod applicability;
mod arguments;
mod card;
mod every_scenario;
mod github;
mod junit;
mod page;
mod text;

pub use arguments::{ScoreArguments, ScoreFormat};
pub use card::{Mark, Scorecard, ScoredCheck, ScoredScenario};
pub use every_scenario::{
    DEFAULT_JOBS, DEFAULT_LATE_TOLERANCE, DEFAULT_POLL_INTERVAL, ScoreObserver, ScoreSettings, score,
};
pub(crate) use github::scorecard_github;
pub(crate) use junit::scorecard_junit;
pub(crate) use page::scorecard_page;
pub use text::scorecard_text;
pub(crate) use text::scorecard_text_as;
