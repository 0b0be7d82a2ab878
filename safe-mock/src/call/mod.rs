//! Calls: what a request asks the launcher for.
//!
//! `table.rs` parses a call once, from the method and the canonical path of a request. Everything after that matches on
//! the [`Call`]: routing (`http/route.rs`), fault rules, and the list of methods that `OPTIONS` answers.

mod handle_kind;
mod routes;
mod subject;
mod table;
mod words;

pub use handle_kind::HandleKind;
pub(crate) use subject::Subject;
pub use words::Call;
