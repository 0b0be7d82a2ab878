//! How peers may reach each other, and the STUN and TURN server in this process that they reach each other by.
//!
//! Knows no pair and no check: [`run`](crate::run()) starts the server and writes down what it did.

mod mode;
mod server;
mod socket;
mod traffic;

pub use mode::IceMode;
pub use server::{PASSWORD, TurnServer, TurnServerError, USERNAME};
pub use traffic::Traffic;
