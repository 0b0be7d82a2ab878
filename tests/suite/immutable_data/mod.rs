//! Immutable data: what was written is what is read, for those who may, and nothing is held longer than it must be.

mod bodies;
mod bounds;
mod model;
mod refused;
