//! A text for people, line by line.

use super::look::Look;
use super::span::{Span, Tone};
use super::table::table;
use super::wrap::wrapped;

/// How far the continuation of a sentence is indented.
const HANGING: &str = "  ";

/// A text for people, which is written line by line. What is written has been escaped: a [`Span`] holds no other text.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    look: Look,
    text: String,
}

impl Page {
    pub(crate) fn new(look: Look) -> Self {
        Self { look, text: String::new() }
    }

    /// How the text is shown.
    pub(crate) fn look(&self) -> Look {
        self.look
    }

    /// An empty line, unless the text begins here or has one.
    pub(crate) fn gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// A sentence; its further lines are indented.
    pub(crate) fn sentence(&mut self, spans: impl IntoIterator<Item = Span>) {
        let text = self.painted(spans);
        let Some(width) = self.look.width else { return self.push(&[text]) };
        let mut lines = wrapped("", &text, Some(width));
        if lines.len() > 1 {
            lines = wrapped(HANGING, &text, Some(width));
            if let Some(first) = lines.first_mut() {
                *first = first.strip_prefix(HANGING).unwrap_or(first).to_owned();
            }
        }
        self.push(&lines);
    }

    /// A label, and a text beside it that stays below itself.
    pub(crate) fn item(&mut self, label: impl IntoIterator<Item = Span>, text: impl IntoIterator<Item = Span>) {
        let lines = wrapped(&self.painted(label), &self.painted(text), self.look.width);
        self.push(&lines);
    }

    /// Rows of cells, with or without a head.
    pub(crate) fn table<const COLUMNS: usize>(&mut self, head: Option<&[&str; COLUMNS]>, rows: &[[Span; COLUMNS]]) {
        let lines = table(head, rows, self.look);
        self.push(&lines);
    }

    /// A line that is to be copied, such as a command: never wrapped.
    pub(crate) fn verbatim(&mut self, label: &str, text: &str) {
        let line = self.painted([Span::new(Tone::Faint, label), Span::from(text)]);
        self.push(&[line]);
    }

    /// The whole text, with a newline at the end.
    pub(crate) fn finish(self) -> String {
        self.text
    }

    fn painted(&self, spans: impl IntoIterator<Item = Span>) -> String {
        spans.into_iter().map(|span| span.painted(self.look.has_colours)).collect()
    }

    fn push(&mut self, lines: &[String]) {
        for line in lines {
            self.text.push_str(line.trim_end());
            self.text.push('\n');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_further_lines_of_a_sentence_are_indented_and_a_command_is_never_wrapped() {
        let mut page = Page::new(Look { width: Some(40), ..Look::plain() });
        page.gap();
        page.sentence(["PASSED: ".into(), "one two three four five six seven eight".into()]);
        page.gap();
        page.gap();
        page.verbatim("To repeat: ", "cargo run --release -p harness -- run --seed 7");
        let expected = "PASSED: one two three four five six\n  seven eight\n\nTo repeat: cargo run --release -p harness -- run \
                        --seed 7\n";
        assert_eq!(page.finish(), expected);
    }
}
