//! Random worlds: a seed picks the peers, their schedules, the faults and the crashes. A world that fails is shrunk to
//! the smallest world that fails in the same way.

mod coverage;
mod coverage_points;
mod github;
mod page;
mod report;
mod shrink;
mod shrink_failure;
#[expect(clippy::module_inception, reason = "the soak is what the folder is named after")]
mod soak;
mod strategy;

pub use coverage::{Coverage, Judged};
pub use coverage_points::{COVERAGE_POINTS, CoveragePoint};
pub(crate) use github::soak_github;
pub(crate) use page::soak_page;
pub(crate) use report::soak_text_as;
pub use report::{soak_json, soak_text};
pub use shrink::SHRINK_STEPS_MAX;
pub use shrink_failure::{WorldRun, shrink_failure};
pub use soak::{FAILURES_MAX, Failure, Soak, SoakHooks, soak};
pub use strategy::draw;
