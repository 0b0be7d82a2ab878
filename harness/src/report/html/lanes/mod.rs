//! What the lanes of a page draw: for each pair its [steps](row), the [requests](call) behind them, and [how long](span) peers were
//! there and records were stored. It is as small as it can be, since a page may have a thousand pairs.

mod call;
mod concern;
mod lane;
mod pair;
mod row;
mod span;
mod texts;
mod writer;

pub(super) use writer::LanesWriter;
