//! A part of a line, in one tone.

use anstyle::{AnsiColor, Style};
use signaling::Printable;

/// What a part of a line means, which its colour shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Tone {
    /// No meaning of its own.
    #[default]
    Plain,
    /// A heading or a name.
    Strong,
    /// It passed.
    Good,
    /// It failed.
    Bad,
    /// It deserves a look.
    Warning,
    /// A detail.
    Faint,
}

impl Tone {
    fn style(self) -> Style {
        match self {
            Self::Plain => Style::new(),
            Self::Strong => Style::new().bold(),
            Self::Good => AnsiColor::Green.on_default(),
            Self::Bad => AnsiColor::Red.on_default().bold(),
            Self::Warning => AnsiColor::Yellow.on_default(),
            Self::Faint => Style::new().dimmed(),
        }
    }
}

/// A part of a line, in one tone. Its text has been escaped, line breaks too.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Span {
    tone: Tone,
    text: String,
}

impl Span {
    pub(crate) fn new(tone: Tone, text: &str) -> Self {
        Self { tone, text: Printable(text).to_string() }
    }

    /// The text without its tone.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The text in its colour, if there are colours. Each word has the colour for itself: a pager forgets it at the end of a line.
    pub(super) fn painted(&self, has_colours: bool) -> String {
        let style = self.tone.style();
        if !has_colours || style == Style::new() {
            return self.text.clone();
        }
        let word = |word: &str| if word.is_empty() { String::new() } else { format!("{style}{word}{style:#}") };
        self.text.split(' ').map(word).collect::<Vec<_>>().join(" ")
    }
}

impl From<&str> for Span {
    fn from(text: &str) -> Self {
        Self::new(Tone::Plain, text)
    }
}

impl From<String> for Span {
    fn from(text: String) -> Self {
        text.as_str().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_foreign_reaches_a_terminal_as_it_is_and_each_word_has_its_colour() {
        let span = Span::new(Tone::Bad, "two words\n\u{1b}[2J");
        assert_eq!(span.painted(false), "two words\\n\\u{1b}[2J");
        let painted = span.painted(true);
        assert_eq!(painted.matches("\u{1b}[0m").count(), 2, "{painted:?}");
        assert!(painted.starts_with("\u{1b}[1m\u{1b}[31mtwo\u{1b}[0m "), "{painted:?}");
        assert_eq!(Span::from("two words").painted(true), "two words");
    }
}
