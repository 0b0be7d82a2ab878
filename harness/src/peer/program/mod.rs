//! Peer programs: a client in any language as a process for each visit, by the contract of docs/peers.md.

mod command;
mod environment;
mod gateway;
mod line;
mod log;
mod output;
#[expect(clippy::module_inception, reason = "the program is what the folder is named after")]
mod program;

pub use command::PeerCommand;
pub(crate) use program::{Program, try_to_start};
