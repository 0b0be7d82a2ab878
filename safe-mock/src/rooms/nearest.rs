//! Names of rooms that two people may have taken for the same.

/// The largest number of single changes (a letter more, less or other, or two swapped) between names that are called alike.
const CHANGES_MAX: usize = 2;

/// Longer names are not compared letter by letter: that takes time that grows with the square of their length.
const COMPARED_CHARS_MAX: usize = 100;

/// How two different names differ, as a clause behind the name; `None` if they are not alike.
pub fn difference(one: &str, other: &str) -> Option<&'static str> {
    if one == other {
        return None;
    }
    if one.to_lowercase() == other.to_lowercase() {
        return Some("whose name differs in upper and lower case");
    }
    let words = |name: &str| name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let [plain, plain_other]: [String; 2] = [one, other].map(words);
    if plain == plain_other && !plain.is_empty() {
        return Some("whose name differs in spaces or punctuation");
    }
    // Of short names nearly all are alike.
    let [length, other_length] = [one, other].map(|name| name.chars().count());
    let is_compared = length.min(other_length) > CHANGES_MAX + 1
        && length.max(other_length) <= COMPARED_CHARS_MAX
        && length.abs_diff(other_length) <= CHANGES_MAX;
    (is_compared && strsim::osa_distance(one, other) <= CHANGES_MAX).then_some("whose name is nearly the same")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alike_names_are_told_by_how_they_differ() {
        for (one, other, expected) in [
            ("room1", "room1", None),
            ("room1", "Room1", Some("whose name differs in upper and lower case")),
            ("room 1", "room1", Some("whose name differs in spaces or punctuation")),
            ("room1 ", "Room-1", Some("whose name differs in spaces or punctuation")),
            ("kitchen", "kithcen", Some("whose name is nearly the same")),
            ("room1", "room2", Some("whose name is nearly the same")),
            ("a", "b", None),
            ("kitchen", "garden", None),
            ("--", "++", None),
        ] {
            assert_eq!(difference(one, other), expected, "{one} {other}");
        }
    }

    #[test]
    fn very_long_names_are_alike_only_by_their_case_and_punctuation() {
        let long = "r".repeat(COMPARED_CHARS_MAX + 1);
        assert_eq!(difference(&long, &long.replacen('r', "x", 1)), None);
        assert_eq!(difference(&long, &long.to_uppercase()), Some("whose name differs in upper and lower case"));
    }
}
