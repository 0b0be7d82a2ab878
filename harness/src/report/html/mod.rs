//! Reports as one HTML page: it opens from a file, asks for nothing from anywhere, and can be read without scripts. A [`Page`] is a
//! [`Headline`] and sections; other modules make pages of their own results with the same parts and [`plot`]s.

mod checks;
mod embedded;
mod file;
mod headline;
mod lanes;
mod page;
mod pairs;
pub(crate) mod plot;
mod run;
mod suite;
mod timing;

pub(crate) use file::HtmlFile;
pub(crate) use headline::{Failure, Headline, Outcome, command};
pub(crate) use page::{Page, Section};
pub(crate) use run::run_page;
pub(crate) use suite::suite_page;
