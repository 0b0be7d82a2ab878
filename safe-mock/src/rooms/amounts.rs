//! Lengths of time and counts, as a person reads them.

use std::time::Duration;

/// A length of time, as precise as a person needs it. The window writes lengths in the same way (`length` in its dom.js), so that a
/// sentence and the facts beside it are alike.
pub fn length(time: Duration) -> String {
    let tenths = (time.as_millis() + 50) / 100;
    if tenths < 100 {
        return format!("{}.{} s", tenths / 10, tenths % 10);
    }
    let seconds = (time.as_millis() + 500) / 1_000;
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7_170 => format!("{} min", (seconds + 30) / 60),
        _ => format!("{} h", (seconds + 1_800) / 3_600),
    }
}

/// A count with its noun.
pub fn counted(number: u64, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_rounded_as_in_the_window() {
        // The same table is in tests/browser/words.test.mjs.
        for (millis, expected) in [
            (0, "0.0 s"),
            (49, "0.0 s"),
            (50, "0.1 s"),
            (9_949, "9.9 s"),
            (9_950, "10 s"),
            (11_499, "11 s"),
            (11_500, "12 s"),
            (119_499, "119 s"),
            (119_500, "2 min"),
            (150_000, "3 min"),
            (7_169_499, "119 min"),
            (7_169_500, "2 h"),
            (9_000_000, "3 h"),
        ] {
            assert_eq!(length(Duration::from_millis(millis)), expected, "{millis}");
        }
    }
}
