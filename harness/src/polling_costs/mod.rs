//! What each poll schedule costs, and what it brings: each is played in virtual time, with recipients that join at random times.
//! `docs/polling.md` holds the table, and a test compares the two.

mod costs;
mod page;

pub use costs::{DEFAULT_PAIRS, DEFAULT_SEED, PairCost, PollingCosts, ScheduleCosts, WITHIN, polling_costs};
pub(crate) use page::polling_costs_page;
