//! Peer programs: a client in any language as a process for each visit, by the contract of docs/peers.md.

mod command;
mod environment;
mod gateway;
mod line;
mod log;
mod output;
mod program;

pub use command::PeerCommand;
pub(crate) use program::Program;
