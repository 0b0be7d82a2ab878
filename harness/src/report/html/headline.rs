//! The head of a page: how it ended, what failed, and how to repeat it.

use maud::{Markup, html};

use crate::format::{counted, printable};

/// How many findings of a failure are seen; the others are folded.
const FINDINGS_UNFOLDED: usize = 3;

/// How what the page reports ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Everything is as promised.
    Passed,
    /// It failed by a known gap, and by nothing else.
    KnownGap,
    /// Something failed.
    Failed,
    /// It is no test: something was measured.
    Measured,
}

impl Outcome {
    /// Passed or failed.
    pub(crate) fn of(passed: bool) -> Self {
        if passed { Self::Passed } else { Self::Failed }
    }

    /// The class of an element that shows it.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Passed | Self::Measured => "good",
            Self::KnownGap => "warn",
            Self::Failed => "bad",
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Passed => "Passed",
            Self::KnownGap => "Known gap",
            Self::Failed => "Failed",
            Self::Measured => "Measured",
        }
    }
}

/// Something that failed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Failure {
    /// What failed, such as the name of a check.
    pub(crate) what: String,
    /// What happened.
    pub(crate) detail: String,
    /// What was expected.
    pub(crate) expected: Option<String>,
    /// Where the page shows more: the text and the id of an element.
    pub(crate) links: Vec<(String, String)>,
    /// The command that repeats it, if it has one of its own.
    pub(crate) repeat: Option<String>,
}

/// The head of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Headline {
    /// How it ended.
    pub(crate) outcome: Outcome,
    /// What the page is about, such as the command and the scenario.
    pub(crate) about: String,
    /// What happened, in one sentence.
    pub(crate) sentence: String,
    /// What failed, the most important first.
    pub(crate) failures: Vec<Failure>,
    /// What else a reader has to know.
    pub(crate) notes: Vec<String>,
    /// The command that repeats it.
    pub(crate) repeat: Option<String>,
    /// Names and values.
    pub(crate) facts: Vec<(&'static str, String)>,
}

impl Headline {
    pub(super) fn markup(&self) -> Markup {
        html! {
            header.(self.outcome.class()) {
                p.about {
                    span.verdict { (self.outcome.word()) }
                    " " (printable(&self.about))
                }
                h1 { (printable(&self.sentence)) }
                (failures(&self.failures))
                @for note in &self.notes { p.note { (printable(note)) } }
                @if let Some(repeat) = &self.repeat { (command("Run it again with", repeat)) }
                dl.facts {
                    @for (name, value) in &self.facts {
                        div { dt { (name) } dd { (printable(value)) } }
                    }
                }
            }
        }
    }
}

fn failures(failures: &[Failure]) -> Markup {
    html! {
        @if !failures.is_empty() {
            ol.failures id="failures" {
                @for failure in failures {
                    li {
                        (detail(failure))
                        @if let Some(expected) = &failure.expected { p.expected { "Expected: " (printable(expected)) } }
                        @if !failure.links.is_empty() {
                            p.links {
                                @for (text, id) in &failure.links { a href={ "#" (id) } { (printable(text)) } " " }
                            }
                        }
                        @if let Some(repeat) = &failure.repeat { (command("Run it again with", repeat)) }
                    }
                }
            }
        }
    }
}

/// What happened; several findings of a check are a list, of which the first are seen.
fn detail(failure: &Failure) -> Markup {
    let parts: Vec<&str> = failure.detail.split("; ").collect();
    let is_folded = parts.len() > FINDINGS_UNFOLDED + 1;
    let (seen, folded) = parts.split_at(if is_folded { FINDINGS_UNFOLDED } else { parts.len() });
    let list = |parts: &[&str]| html! { ul.detail { @for part in parts { li { (printable(part)) } } } };
    html! {
        @if let [one] = seen {
            p { code.what { (printable(&failure.what)) } " " span.detail { (printable(one)) } }
        } @else {
            p { code.what { (printable(&failure.what)) } }
            (list(seen))
        }
        @if is_folded {
            details.more { summary { (counted(folded.len(), "more finding")) } (list(folded)) }
        }
    }
}

/// A command that can be copied.
pub(crate) fn command(label: &str, command: &str) -> Markup {
    html! {
        div.command {
            span.label { (label) }
            // The button is shown by the script that makes it work.
            div { pre tabindex="0" { code { (printable(command)) } } button.copy type="button" hidden { "Copy" } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_is_text() {
        let hostile = "</script><img src=x onerror=alert(1)>\u{202e}\u{1b}[2J\"'&".to_owned();
        let headline = Headline {
            outcome: Outcome::Failed,
            about: hostile.clone(),
            sentence: hostile.clone(),
            failures: vec![Failure {
                what: hostile.clone(),
                detail: hostile.clone(),
                expected: Some(hostile.clone()),
                links: vec![(hostile.clone(), "pair-1".to_owned())],
                repeat: Some(hostile.clone()),
            }],
            notes: vec![hostile.clone()],
            repeat: Some(hostile.clone()),
            facts: vec![("name", hostile)],
        };
        let markup = headline.markup().into_string();
        assert!(!markup.contains("<img") && !markup.contains("</script"), "{markup}");
        assert_eq!(markup.matches("&lt;/script&gt;&lt;img").count(), 10, "{markup}");
        assert!(!markup.contains(['\u{202e}', '\u{1b}']), "{markup}");
    }
}
