//! Faults: each strikes as it says, only where it says, and not at all where nobody asked for one.

mod app;
mod broken;
mod delays;
mod failing;
mod launcher_state;
mod matcher;
mod network_view;
mod rules;
