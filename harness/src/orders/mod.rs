//! Every order in which the requests of two peers can reach the network, when both come to an empty room at once: each is
//! tried, none is sampled, and what came of each is judged.
//!
//! # How
//!
//! Each request of each peer is held at a [`gate`]. Whenever nothing moves any more, something is chosen: the first peer's
//! request goes, the second's does, or time passes to the next thing that happens by itself. A request that goes is
//! answered at once. A [`play`] takes such choices from fresh launchers on to the end, and the [`search`] plays again and
//! again, depth first, until no choice is left untried. Everything is on one thread in virtual time and from one seed, so
//! a [`Schedule`] of choices is the same play whenever it is given back; that the choices are the same is checked in each
//! play.
//!
//! # Why these are all orders
//!
//! - **Only requests that touch the network are choices**: a fetch, a store, a change, a deletion. The others
//!   (authorisation, naming a record, making one, reading a fetched one, giving a handle back) change nothing but the
//!   session and the handles of the peer that sends them. So it makes no difference whether they come before or after a
//!   request of the other peer, and they go at once, the first peer's first. Where both peers use one launcher, they share
//!   its counter of handles too; but a handle is a number that nobody compares, and far fewer are held than a launcher
//!   has places for. Tests try every order of all requests after authorisation up to the point where both peers have
//!   stored or were refused, over two launchers and over one, and every order of authorisation; they find what is found
//!   here.
//! - **Time is a choice where a peer waits for it**, such as an initiator between two polls, while the other peer's request
//!   is held: a slow launcher makes any order possible. Peers see time through their timers alone, so the moments between
//!   two timers are all the same. While requests of both are held, time would bring nothing nearer but the deadline.
//! - **A launcher answers in the end**: [`OrderSettings::hold`] is how long requests may be held at all. What is held then goes
//!   before time does. So a peer that fails at its deadline did not fail for a launcher that answers late.
//!
//! Answers that come late or never, and requests that are lost, are no orders but faults, and not tried here.
//!
//! # What is judged
//!
//! The session descriptions and channels that passed the peers' transports, and not what the peers say of themselves: at
//! most one session in each order, no channel that is open on one side alone, and both peers at an end by their deadline.
//! In how many orders there was exactly one session is told besides.

mod cast;
#[cfg(test)]
mod commuting;
mod error;
mod execution;
mod exploration;
mod explore;
mod gate;
#[cfg(test)]
mod mutations;
mod outcome;
mod paused_runtime;
mod request;
mod schedule;
mod search;
mod settings;
mod text;
mod witness;

pub use error::ExploreError;
pub use execution::Played;
pub use exploration::{ExactlyOne, Exploration, Found};
pub use explore::{explore, replay};
pub use gate::Step;
pub use outcome::{Breach, Ending, Fate, Outcome, Part};
pub use request::{Asked, Deed, Item};
pub use schedule::{Choice, ParseScheduleError, Schedule, Side};
pub use settings::{DEADLINE_MAX, Launchers, OrderSettings, SCHEDULES_MAX};
pub use text::{played_text, text};
