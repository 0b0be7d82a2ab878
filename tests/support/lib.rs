//! Shared by the tests that use several crates: the player of recordings, requests and connections to a launcher, and the sources of the
//! project.
//!
//! The examples of the project's README are part of this crate's documentation tests.

#![doc = include_str!("../../README.md")]

pub mod call;
pub mod connection;
pub mod imports;
pub mod recording;
pub mod sources;
