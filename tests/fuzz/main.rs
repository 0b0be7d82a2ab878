//! Fuzz targets: one for each parser that takes bytes of others.
//!
//! `cargo test` replays the corpus, `corpus/TARGET/`, and tries some mutations of it. `.ci/fuzz` tries mutations for a given
//! time. An input that fails is written to a file, which the error names; it belongs in the corpus once the fault is mended.

#![expect(clippy::unwrap_used, reason = "a test that cannot continue has failed")]

mod files;
mod fuzzer;
mod launcher;
mod mutation;
mod peers;
mod records;
mod stage;
