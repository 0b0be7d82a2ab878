//! The file by which a Node program that knows one address only, such as one of safe-js, reaches another launcher: Node loads it
//! before the program. docs/peers.md explains when.

use std::env;
use std::ffi::OsString;
use std::io::{self, Write as _};

use tempfile::{Builder, NamedTempFile};

/// The variable with options that each Node program obeys.
const NODE_OPTIONS: &str = "NODE_OPTIONS";

const PRELOAD: &str = include_str!("../../preload/safe-launcher-url.cjs");

/// The file, as long as a program may need it: it is removed when this is dropped.
#[derive(Debug)]
pub(crate) struct NodePreload {
    file: NamedTempFile,
}

impl NodePreload {
    /// Writes the file.
    ///
    /// # Errors
    /// There is no folder for temporary files, or it cannot be written.
    pub(crate) fn write() -> io::Result<Self> {
        let mut file = Builder::new().prefix("safe-launcher-url-").suffix(".cjs").tempfile()?;
        file.write_all(PRELOAD.as_bytes())?;
        Ok(Self { file })
    }

    /// The variable of a Node program that loads it, and its value: the options that this process was given stay.
    pub(crate) fn variable(&self) -> (&'static str, OsString) {
        (NODE_OPTIONS, extended(env::var_os(NODE_OPTIONS), &self.file.path().to_string_lossy()))
    }
}

/// Options of Node, and one more that loads the file at `path`.
fn extended(options: Option<OsString>, path: &str) -> OsString {
    // Node reads a backslash within quotes as that of JSON.
    let quoted = path.replace('\\', "\\\\").replace('"', "\\\"");
    let mut extended = options.filter(|options| !options.is_empty()).unwrap_or_default();
    if !extended.is_empty() {
        extended.push(" ");
    }
    extended.push(format!("--require \"{quoted}\""));
    extended
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_there_until_it_is_dropped() {
        let preload = NodePreload::write().unwrap();
        let path = preload.file.path().to_owned();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), PRELOAD);
        let (name, options) = preload.variable();
        assert_eq!(name, "NODE_OPTIONS");
        assert!(options.to_string_lossy().ends_with(&format!("--require \"{}\"", path.display())), "{options:?}");
        drop(preload);
        assert!(!path.exists());
    }

    #[test]
    fn options_that_were_given_before_stay() {
        assert_eq!(extended(None, "/tmp/a.cjs"), r#"--require "/tmp/a.cjs""#);
        assert_eq!(extended(Some(OsString::new()), "/tmp/a.cjs"), r#"--require "/tmp/a.cjs""#);
        let given = Some(OsString::from("--no-warnings"));
        assert_eq!(extended(given, r#"C:\my "temp"\a.cjs"#), r#"--no-warnings --require "C:\\my \"temp\"\\a.cjs""#);
    }
}
