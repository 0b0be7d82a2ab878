//! Texts that came from outside, in the length that the journal keeps.

/// The text; the start of one that is longer than `bytes_max`, with its length.
pub(super) fn shortened(text: &str, bytes_max: usize) -> String {
    if text.len() <= bytes_max {
        return text.to_owned();
    }
    format!("{}... ({} bytes)", &text[..text.floor_char_boundary(bytes_max)], text.len())
}
