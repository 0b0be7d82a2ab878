//! The messages of a meeting: each side sends them to the other, in this order.

use signaling::Message;

/// More than the 16,384 bytes that fit into one message everywhere, and less than the 65,536 of the peers that announce
/// no limit.
pub(crate) const LARGE_BYTES: usize = 60_000;

/// Both kinds, small, large and empty.
pub(crate) fn messages() -> Vec<Message> {
    let large: Vec<u8> = (0..=250).cycle().take(LARGE_BYTES).collect();
    vec![
        Message::text("text, with an ä, a 語 and a 🦀"),
        Message::binary(large),
        Message::binary(vec![0, 255, 10]),
        Message::text(""),
        Message::binary(Vec::new()),
        Message::text("ä".repeat(LARGE_BYTES / 2)),
        Message::text("the last one"),
    ]
}

/// A message in a few words.
pub(crate) fn in_short(message: &Message) -> String {
    let kind = match message {
        Message::Text(_) => "a text",
        Message::Binary(_) => "a binary message",
    };
    format!("{kind} of {} bytes", message.as_bytes().len())
}
