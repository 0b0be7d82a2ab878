//! The launcher's API over HTTP. A request becomes a call with typed arguments; only [`reply`] makes answers.
//!
//! Knows requests and answers, not how anything is stored. [`app`] owns the order of a request, [`route`] has the
//! handler of each call, and each noun has its file of handlers.

pub(crate) mod app;
mod appendable_data;
mod appendable_items;
mod auth;
mod authorization;
pub(crate) mod body;
pub(crate) mod broken;
mod caller;
mod cipher_options;
mod cors;
mod data_id;
mod directory;
mod encrypt_key;
mod faults;
mod file;
mod file_path;
mod file_type;
pub mod guard;
mod handle_in_path;
mod immutable_data;
mod iso_time;
mod javascript;
mod json;
mod long_name;
mod mock_headers;
mod not_emulated;
mod number;
mod path;
mod range;
mod record;
pub(crate) mod reply;
mod route;
mod sign_key;
mod stream;
mod structured_data;
mod why;
