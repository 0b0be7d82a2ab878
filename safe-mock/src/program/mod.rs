//! What the programs of this workspace share: signals, the environment, and writing without waiting for a reader.

mod arguments;
mod background;
mod log_output;
mod stop_signals;
mod terminal;

pub use arguments::parse;
pub use background::{ignoring_a_reader_that_left, in_background};
pub use log_output::LogOutput;
pub use stop_signals::StopSignals;
pub use terminal::{has_cursor, wants_colours};
