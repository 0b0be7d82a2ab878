//! Rooms: what the launchers of one network saw of peers that try to meet.
//!
//! Each request about a record is one [`Observation`]; [`Rooms`] takes it, and knows from then on how far the meeting in that room has
//! come. Plain values: they take the time as an argument, and are bounded in number and in bytes. Whatever they say is derived from
//! requests; what no launcher saw is not said.

mod address;
mod amounts;
mod description;
mod event;
mod index;
mod nearest;
mod observation;
mod obstacles;
mod place;
mod room;
mod sentence;
mod view;
mod waits;
mod words;
mod writes;

#[cfg(test)]
mod tests;

pub use event::{RoomEvent, RoomEventKind, Side};
pub use room::RoomState;
pub use view::{DescriptionView, EventView, RoomDetails, RoomView, RoomsView};

pub(crate) use index::Rooms;
pub(crate) use observation::{Observation, Outcome, Remark};
pub(crate) use place::Place;
pub(crate) use view::Times;
pub(crate) use writes::Write;
