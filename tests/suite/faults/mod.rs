//! Faults: each strikes as it says, only where it says, and not at all where nobody asked for one.

mod app;
mod blows;
mod broken;
mod delays;
mod failing;
mod matching;
mod rules;
mod sight;
