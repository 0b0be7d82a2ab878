//! Which peers meet which: every pair of some peers, in both roles, as a table.

mod arguments;
mod error;
mod every_pair;
mod markdown;
mod meeting;
mod peer_file;
mod table;

pub use arguments::{InteropArguments, InteropFormat};
pub use error::InteropError;
pub use every_pair::{InteropObserver, InteropSettings, interop};
pub use markdown::markdown;
pub use peer_file::PeerFile;
pub use table::{InteropPair, InteropPeer, InteropTable, Step};
