//! The texts of a page, each once.

use std::collections::HashMap;

use crate::format::printable;

/// The most characters of a text; the rest is left out.
pub(super) const CHARACTERS_MAX: usize = 400;

/// The texts, each with its number. Pairs do much the same, so most texts are there already.
#[derive(Debug, Default)]
pub(super) struct Texts {
    all: Vec<String>,
    numbers: HashMap<String, usize>,
    bytes: usize,
}

impl Texts {
    /// The number of a text.
    pub(super) fn number(&mut self, text: &str) -> usize {
        let mut text = printable(text);
        if let Some((end, _)) = text.char_indices().nth(CHARACTERS_MAX) {
            text.truncate(end);
            text.push('…');
        }
        if let Some(number) = self.numbers.get(&text) {
            return *number;
        }
        let number = self.all.len();
        // Quotes and a comma, and some bytes for what is escaped.
        self.bytes += text.len() + 8;
        self.all.push(text.clone());
        self.numbers.insert(text, number);
        number
    }

    /// About how many bytes they take.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// All of them, by their numbers.
    pub(super) fn all(&self) -> &[String] {
        &self.all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_one_number_and_a_long_one_is_cut() {
        let mut texts = Texts::default();
        let numbers = ["a", "b", "a"].map(|text| texts.number(text));
        assert_eq!(numbers, [0, 1, 0]);
        let long = texts.number(&"é".repeat(CHARACTERS_MAX + 1));
        assert_eq!(texts.all()[long].chars().count(), CHARACTERS_MAX + 1);
    }
}
