//! A scorecard of a client: every scenario that applies to it, played on the real clock, side by side.

mod applicability;
mod card;
mod junit;
mod score;
mod text;

pub use card::{Mark, Scorecard, ScoredCheck, ScoredScenario};
pub(crate) use junit::scorecard_junit;
pub use score::{DEFAULT_JOBS, DEFAULT_LATE_TOLERANCE, DEFAULT_POLL_INTERVAL, ScoreObserver, ScoreSettings, score};
pub use text::scorecard_text;
