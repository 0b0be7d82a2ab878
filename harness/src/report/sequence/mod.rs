//! One pair's events as a sequence diagram: [`moments`] puts them in order, [`telling`] makes a step of each, [`folding`]
//! makes one of many polls in vain, and [`mermaid`](mod@mermaid) writes down what is left. Nothing here judges.

mod folding;
mod mermaid;
mod moments;
mod step;
mod telling;

pub use mermaid::mermaid;
