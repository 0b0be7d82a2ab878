//! The name that was probably meant, where a name is unknown.

/// Names that are less alike than this are not suggested: it is the bound of clap, which suggests the values of other flags.
const LIKENESS_MIN: f64 = 0.7;

/// Longer names are not compared. No known name is so long.
const NAME_CHARS_MAX: usize = 100;

/// The known name that is most like the unknown one, if any is.
pub(crate) fn nearest<'a>(unknown: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if unknown.chars().nth(NAME_CHARS_MAX).is_some() {
        return None;
    }
    let unknown = unknown.to_lowercase();
    let likeness = |name: &str| strsim::jaro_winkler(&unknown, name);
    let names = known.into_iter().map(|name| (likeness(name), name));
    let likely = names.filter(|(likeness, _)| *likeness > LIKENESS_MIN);
    likely.max_by(|(one, _), (other, _)| one.total_cmp(other)).map(|(_, name)| name)
}

/// "; did you mean NAME?", or nothing.
pub(crate) fn did_you_mean<'a>(unknown: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(unknown, known).map(|name| format!("; did you mean {name}?")).unwrap_or_default()
}

/// The name that was probably meant, if this is an error of serde on an unknown key or value, which lists those that there are.
pub(crate) fn nearest_in(error: &str) -> Option<&str> {
    let starts = ["unknown field `", "unknown variant `"];
    let (_, rest) = starts.iter().find_map(|start| error.split_once(start))?;
    let (unknown, known) = rest.split_once("`, expected ")?;
    nearest(unknown, known.split('`').skip(1).step_by(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 4] = ["classic", "one-launcher", "late-recipient", "back-off"];

    #[test]
    fn a_name_with_a_slip_suggests_the_name_that_was_meant() {
        for (slip, meant) in [
            ("clasic", "classic"),
            ("Classic", "classic"),
            ("one_launcher", "one-launcher"),
            ("lat-recipient", "late-recipient"),
            ("bckoff", "back-off"),
        ] {
            assert_eq!(nearest(slip, NAMES), Some(meant), "{slip}");
        }
        assert_eq!(did_you_mean("clasic", NAMES), "; did you mean classic?");
    }

    #[test]
    fn a_name_like_no_other_suggests_nothing() {
        for other in ["", "zzz", "x", "\u{1b}[2J", &"classic".repeat(100)] {
            assert_eq!(did_you_mean(other, NAMES), "", "{other}");
        }
    }

    #[test]
    fn the_names_that_serde_lists_are_suggested() {
        let several = "unknown field `pears`, expected one of `schema`, `peers`, `pairs`";
        assert!(matches!(nearest_in(several), Some("peers" | "pairs")));
        assert_eq!(nearest_in("unknown variant `at_one`, expected `at_once` or `after_ms`"), Some("at_once"));
        assert_eq!(nearest_in("unknown variant `zzz`, expected `at_once`"), None);
        assert_eq!(nearest_in("invalid type: string \"two\", expected usize"), None);
    }
}
