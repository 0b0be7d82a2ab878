//! What passes the two seams of a peer, recorded as events. What a peer reports about itself is recorded too, and checks do
//! not rely on it.

mod descriptions;
mod event;
mod handle_kind;
mod handles;
mod http;
mod intent;
mod journal;
mod kill_switch;
mod log;
mod payload;
mod request;
mod response;
mod room_seen;
mod transport;
mod turn_traffic;

pub(crate) use descriptions::DescriptionReader;
pub use event::{Call, CallOutcome, Count, CountTime, Description, Event, EventKind, Resource};
pub(crate) use handle_kind::HandleKind;
pub use http::Link;
pub(crate) use intent::IntentReader;
pub use intent::{About, Intent};
pub use journal::{Journals, LauncherJournal};
pub(crate) use kill_switch::KillSwitch;
pub(crate) use log::Log;
pub use log::{Observer, Recorder};
pub use payload::Payload;
pub(crate) use request::ParsedRequest;
pub use request::RequestKind;
pub(crate) use response::ParsedResponse;
pub(crate) use room_seen::RoomSeen;
pub use transport::{Watched, WatchedChannel};
pub(crate) use turn_traffic::Counters;
pub use turn_traffic::Traffic;
