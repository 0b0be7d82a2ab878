//! The events of one pair as a sequence diagram: [`order`] sorts them, [`steps`] makes a row of each, [`folding`] makes one row
//! of many empty polls, and [`mermaid`](mod@mermaid) writes the rows. Nothing here judges.

mod folding;
mod mermaid;
mod order;
mod step;
mod steps;

pub use mermaid::mermaid;
