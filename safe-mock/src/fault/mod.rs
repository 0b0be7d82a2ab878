//! Faults: what goes wrong on purpose, for which calls, and until when.
//!
//! Owns the rules, their counters and their random numbers, and decides about each call by plain values: no lock, no
//! clock and no sleep. The launcher decides under its lock; `http/faults.rs` then carries the [`Plan`] out without it.
//! A rule has the same form in Rust, in a scenario file and on the control plane:
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
//! # How rules apply
//! - **No rule, no fault.** A launcher without rules that reaches its network never runs this code.
//! - Rules apply to the API, never to the control plane; otherwise a rule could not be removed.
//! - Every rule that matches a call strikes it, in the order in which the rules were added. Delays add up. Only one
//!   fault can replace or change the answer: the first. Later rules with such a fault do not strike, and do not count a
//!   strike.
//! - The random numbers of a rule depend on the seed of the launcher and the number of the rule only, so that another
//!   rule does not change them.
//! - The order for one call: the delay before, the side effects before, the call, the side effects after, the delay
//!   after, the answer or the fault in its place.

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
