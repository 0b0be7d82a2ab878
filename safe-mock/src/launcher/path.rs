//! Paths of directories and files: a root, and names that are separated by slashes (wider behaviour §5.1).

/// Where a path begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Root {
    /// The directory of the calling app.
    App,
    /// The directory that the apps of an account share.
    Drive,
}

/// The path of a directory or a file, as an app writes it.
#[derive(Debug, Clone, Copy)]
pub struct Path<'a> {
    /// Where it begins.
    pub root: Root,
    /// The names behind that.
    pub text: &'a str,
}

/// The names of a path. Slashes at its ends and doubled ones separate nothing; `.` and `..` are names like any other.
pub fn names(text: &str) -> impl DoubleEndedIterator<Item = &str> {
    text.split('/').filter(|name| !name.is_empty())
}

/// The last name of a path, and the path of what it lies in; `None` of a path without a name.
pub fn last_name(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_end_matches('/');
    let (above, name) = text.rsplit_once('/').unwrap_or(("", text));
    (!name.is_empty()).then_some((above, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slashes_collapse_and_dots_are_names() {
        assert_eq!(names("//a//../b/").collect::<Vec<_>>(), ["a", "..", "b"]);
        assert_eq!(names("///").count() + names("").count(), 0);
        assert_eq!(names(" / ").collect::<Vec<_>>(), [" ", " "]);
    }

    #[test]
    fn the_last_name_is_told_from_what_is_above_it() {
        assert_eq!(last_name("/a//b/c//"), Some(("/a//b", "c")));
        assert_eq!(last_name("c"), Some(("", "c")));
        assert_eq!(last_name("/c"), Some(("", "c")));
        assert_eq!((last_name("///"), last_name("")), (None, None));
    }
}
