//! What a run tells: plain values first, then text for people and JSON for scripts. Knows nothing of how a run is played.

mod json;
mod model;
mod repeat;
mod table;
mod text;

pub use json::json;
pub use model::{CheckReport, NotChecked, PairReport, Played, Report, Roles, SCHEMA};
pub use text::text;
