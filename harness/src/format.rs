//! Numbers as people say them, for reports and checks.

use std::time::Duration;

/// "3 ms", "2.5 s": what a person wants to know of a length of time.
pub(crate) fn length(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    if seconds >= 1.0 {
        trimmed(&format!("{seconds:.3}"), " s")
    } else {
        trimmed(&format!("{:.1}", seconds * 1_000.0), " ms")
    }
}

fn trimmed(number: &str, unit: &str) -> String {
    format!("{}{unit}", number.trim_end_matches('0').trim_end_matches('.'))
}

/// "1 pair", "2 pairs".
pub(crate) fn counted(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_in_the_unit_that_fits() {
        let told = |micros| length(Duration::from_micros(micros));
        assert_eq!(told(0), "0 ms");
        assert_eq!(told(20_000), "20 ms");
        assert_eq!(told(1_234), "1.2 ms");
        assert_eq!(told(2_000_000), "2 s");
        assert_eq!(told(1_965_400), "1.965 s");
    }
}
