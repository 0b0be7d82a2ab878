//! Faults: what goes wrong on purpose, for which calls, and until when.
//!
//! Owns the rules, their counters and their chance, and decides about each call by plain values: no lock, no clock and no
//! sleep. The launcher asks under its lock; `http/fault.rs` then acts on the [`Plan`] outside of it. A rule reads the same
//! in Rust, in a scenario file and on the control plane:
//!
//! ```
//! use safe_mock::fault::Rule;
//!
//! let rule: Rule = serde_json::from_str(
//!     r#"{
//!         "matching": {"call": "put", "peer": "alice", "nth": 2},
//!         "fault": "lose_answer",
//!         "until": {"times": 1}
//!     }"#,
//! )?;
//! assert!(rule.check().is_ok());
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! # What each means
//! - **No rule is no fault.** A launcher without rules that is joined to its network never comes here.
//! - Rules apply to the launcher's API, never to its control plane, or nobody could undo them.
//! - Every rule that a call meets strikes it, in the order in which they were added. Delays add up. Only one fault can
//!   take the answer away or change it: the first; later ones of that sort pass the call by and do not count it.
//! - The chance of a rule comes from the launcher's seed and the rule's number, so that another rule shifts nothing.
//! - Waiting comes first, then what happens to the launcher `before` the call, then the call, then what happens `after`
//!   it, then waiting again, then the answer or what became of it.

mod delay;
mod error;
mod kind;
mod matcher;
mod plan;
mod rule;
mod rules;

pub use crate::call::Call;
pub use delay::{DELAY_MAX, Latency, When};
pub use error::{InvalidRule, NetworkError};
pub use kind::Fault;
pub use matcher::Matcher;
pub use rule::{Rule, Until};
pub use rules::{FaultView, LinkView, RULES_MAX};

pub(crate) use delay::check_delay;
pub(crate) use matcher::Request;
pub(crate) use plan::{NetworkView, Plan, ResponseFault, SideEffects};
pub(crate) use rules::Faults;
