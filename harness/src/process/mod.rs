//! The processes that the harness starts: with all that they start themselves, and with what Node programs need.

mod family;
mod node_preload;

pub(crate) use family::{Family, Group, Process, kill_all};
pub(crate) use node_preload::NodePreload;
