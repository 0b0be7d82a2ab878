//! What the tests that cross crates share: the player of recordings, calls to a launcher, and the project's sources.
//!
//! The examples of the project's README are part of this crate's documentation tests.

#![doc = include_str!("../../README.md")]

pub mod call;
pub mod recording;
pub mod sources;
