//! Faults: each strikes the calls of its rule, and no call is struck without a rule.

mod app;
mod broken;
mod delays;
mod failing;
mod launcher_state;
mod matcher;
mod network_view;
mod rules;

pub(crate) use app::{PEER, ROOM, in_process};
