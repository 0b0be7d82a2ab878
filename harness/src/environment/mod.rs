//! What peers run in: launchers, clocks, networks, a STUN and TURN server; and what a run leaks of it.

mod http_client;
mod launchers;
mod leaks;
pub(crate) mod networks;
mod seen_rooms;
mod turn_server;
mod turn_socket;
mod virtual_time;
mod virtual_webrtc;

pub(crate) use http_client::client;
pub(crate) use launchers::{
    LauncherEndpoint, VIRTUAL_START, World, check_reachable, in_process_launchers, in_process_url, journal_of,
};
pub(crate) use leaks::{Counts, count_when_quiet, tasks_and_sockets};
pub(crate) use seen_rooms::{once, seen_at, seen_by};
pub use turn_server::{PASSWORD, TurnServer, USERNAME};
pub(crate) use virtual_time::{block_on_virtual_time, on_a_thread, virtually};
pub(crate) use virtual_webrtc::webrtc as virtual_webrtc;
