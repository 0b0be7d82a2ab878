//! Text for people, as the terminal can show it: in colour or not, wrapped to its width or not. What is written on a screen is
//! escaped: names of scenarios, errors of launchers and words of peers are foreign, and a terminal would obey them.

mod look;
mod page;
mod span;
mod table;
mod wrap;

pub(crate) use look::{ColourChoice, Look};
pub(crate) use page::Page;
pub(crate) use span::{Span, Tone};
