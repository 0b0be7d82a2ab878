//! Tests that use several crates. Each module holds one kind of promise.

#![expect(clippy::unwrap_used, reason = "a test that cannot continue has failed")]

mod appendable_data;
mod bounds;
mod control;
mod demo;
mod diagnosis;
mod documents;
mod early_answers;
mod faults;
mod files;
mod idle;
mod immutable_data;
mod journal;
mod launcher_sentences;
mod law;
mod layers;
mod names;
mod odd_input;
mod origins;
mod pairs;
mod racing_writers;
mod recordings;
mod rooms;
mod routes;
mod server;
mod shutdown;
mod web_pages;
mod window;
mod wrong_input;
