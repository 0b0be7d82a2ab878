//! Every order in which the requests of two peers can reach the network, when both join an empty room at once: each is
//! tried, none is sampled, and the outcome of each is judged.
//!
//! # How
//!
//! Each request of each peer is recorded as in any run, and then held at a gate in front of its launcher. Whenever all tasks
//! wait, there is a choice: the request of the first peer is released, that of the second is, or time passes to the next
//! event. A request that is released is answered at once. An execution takes such choices from fresh launchers to its end,
//! and the search starts one execution after the other, depth first, until no choice is left untried. Everything is on one
//! thread in virtual time and from one seed, so a [`Schedule`] of choices leads to the same execution whenever it is
//! replayed; each execution checks that the choices are the same.
//!
//! # Why these are all orders
//!
//! - **Only requests that touch the network are choices** ([`RequestKind::touches_network`]): to fetch, store, update or
//!   delete a record. The others (authorisation, naming a record, creating one, reading a fetched one, dropping a handle)
//!   change only the session and the handles of the peer that sends them. So it makes no difference whether they are sent
//!   before or after a request of the other peer, and they are released at once, those of the first peer first. Where both
//!   peers use one launcher, they share its counter of handles too; but no peer compares handles, and far fewer are held
//!   than a launcher has room for. Tests try every order of all requests after authorisation up to the point where both
//!   peers have stored or were refused, over two launchers and over one, and every order of authorisation; they find the
//!   same outcomes.
//! - **Time is a choice where a peer waits for it**, such as an initiator between two polls, while a request of the other
//!   peer is held: a slow launcher makes any order possible. Peers see time through their timers alone, so all moments
//!   between two timers are the same. While requests of both are held, time only brings the deadline nearer.
//! - **A launcher answers in the end**: [`OrderSettings::hold`] is how long requests may be held at all. After that, the
//!   requests that are held are released before time passes. So a peer that fails at its deadline did not fail because of a
//!   launcher that answers late.
//!
//! Responses that are late or lost, and requests that are lost, are faults and not orders, and are not tried here.
//!
//! # What is judged
//!
//! The trace of the pair: the requests, session descriptions and channels that passed the seams of the peers. There is at most
//! one session in each order, no channel is open at one peer alone, both peers have ended by their deadline, and the common
//! checks that fit an order pass. In how many orders there was exactly one session is reported, and not judged.
//!
//! [`RequestKind::touches_network`]: crate::record::RequestKind::touches_network

mod checks;
#[cfg(test)]
mod commuting;
mod error;
mod execution;
mod exploration;
mod explore;
mod gate;
mod github;
#[cfg(test)]
mod mutations;
mod our_peer;
mod outcome;
mod page;
mod paused_runtime;
mod schedule;
mod search;
mod settings;
mod text;

pub use error::ExploreError;
pub use execution::ExecutionResult;
pub use exploration::{ExactlyOne, Exploration, Found};
pub use explore::{explore, replay};
pub use gate::Step;
pub(crate) use github::github;
pub use outcome::{Breach, Outcome, PeerOutcome};
pub(crate) use page::{execution_page, page};
pub use schedule::{Choice, ParseScheduleError, Schedule};
pub use settings::{OrderSettings, SCHEDULES_MAX};
pub use text::{execution_text, text};
pub(crate) use text::{execution_text_as, text_as};
