//! What stands between a peer and the world, at both of its seams, and writes down what passes.
//!
//! Knows the requests of the launcher's API by their form, and nothing of roles or checks. It shares no code with the
//! peer that it watches, so it does not believe what that peer says of itself.

mod http;
mod life;
mod records;
mod request;
mod transport;

pub use http::Link;
pub(crate) use life::Life;
pub use transport::Watched;
