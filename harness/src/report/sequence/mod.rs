//! The events of one pair as a sequence diagram: [`order`] sorts them, [`steps`] makes a row of each, [`folding`] makes one row
//! of many empty polls, and [`mermaid`](mod@mermaid) and [`plain`] write the rows; the lanes of a page draw them. Nothing here judges.

mod folding;
mod mermaid;
mod order;
mod plain;
mod step;
mod steps;

pub(super) use folding::fold;
pub use mermaid::mermaid;
pub(super) use plain::steps_as_text;
pub(super) use step::{Actor, Arrow, PollStep, Shape, Step};
pub(super) use steps::steps;
