//! Wraps a line to a width.

use textwrap::core::display_width;
use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm, wrap};

/// With less room for words, a text begins below its label.
const ROOM_MIN: usize = 14;

/// How far a text is indented that begins below its label.
const INDENT: usize = 4;

/// A label and its text as lines of at most this width, the text below itself. A word that is longer has a line of its own: it may be
/// a path or a command, which is to be copied as it is. Colours take no room. Without a width, it is one line.
pub(super) fn wrapped(label: &str, text: &str, width: Option<usize>) -> Vec<String> {
    let Some(width) = width else { return vec![format!("{label}{text}").trim_end().to_owned()] };
    let taken = display_width(label);
    if text.is_empty() || taken + display_width(text) <= width {
        return vec![format!("{label}{text}").trim_end().to_owned()];
    }
    let is_beside = taken + ROOM_MIN <= width;
    let hanging = " ".repeat(if is_beside { taken } else { INDENT });
    let options = Options::new(width)
        .initial_indent(if is_beside { label } else { &hanging })
        .subsequent_indent(&hanging)
        .break_words(false)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation)
        .wrap_algorithm(WrapAlgorithm::FirstFit);
    let lines = wrap(text, options).into_iter().map(|line| line.trim_end().to_owned());
    let above = Some(label.trim_end().to_owned()).filter(|_| !is_beside);
    above.into_iter().chain(lines).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::screen::{Span, Tone};

    #[test]
    fn a_text_stays_below_itself_and_a_long_word_stays_whole() {
        let lines =
            wrapped("  found  ", "a poll of http://127.0.0.1:8100/structured-data/handle/1234 began late", Some(40));
        let expected =
            ["  found  a poll of", "         http://127.0.0.1:8100/structured-data/handle/1234", "         began late"];
        assert_eq!(lines, expected);
    }

    #[test]
    fn beside_a_long_label_there_is_no_room_so_the_text_begins_below_it() {
        let label = "a label of more than thirty characters  ";
        let lines = wrapped(label, "one two three four", Some(48));
        assert_eq!(lines, [label.trim_end(), "    one two three four"]);
    }

    fn words() -> impl Strategy<Value = String> {
        let word = prop_oneof!["[a-z]{1,12}", "[a-z]{30,60}", "[äß語🙂]{1,9}", "[-/:.`|]{1,5}"];
        prop::collection::vec(word, 0..40).prop_map(|words| words.join(" "))
    }

    proptest! {
        #[test]
        fn wrapping_loses_no_word_and_exceeds_the_width_by_one_long_word_alone(
            text in words(),
            label in "( {0,4}[a-z]{0,30} {1,2})?",
            width in 40_usize..160,
            has_colours in any::<bool>(),
        ) {
            let painted = Span::new(Tone::Bad, &text).painted(has_colours);
            let lines = wrapped(&label, &painted, Some(width));
            let whole = format!("{label}{painted}");
            let lost = lines.iter().flat_map(|line| line.split_whitespace()).ne(whole.split_whitespace());
            prop_assert!(!lost, "{lines:?}");
            for line in &lines {
                let beside = line.strip_prefix(label.as_str()).unwrap_or(line);
                let is_one_word = beside.split_whitespace().count() == 1;
                prop_assert!(display_width(line) <= width || is_one_word, "wider than {width}: {line:?}");
            }
        }

        #[test]
        fn without_a_width_it_is_one_line(text in words()) {
            prop_assert_eq!(wrapped("  ", &text, None).len(), 1);
        }
    }
}
