//! The journal: what a launcher tells of the requests that it answered.

mod bounds;
mod control;
mod facts;
mod meeting;
mod payloads;
mod play;
mod refused;
