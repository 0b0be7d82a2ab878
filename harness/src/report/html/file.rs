//! The flag `--html`: a file for the page, besides the report on stdout.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use clap::Args;

/// The flag `--html`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub(crate) struct HtmlFile {
    /// Write the report also to this file: one HTML page, which opens in any browser
    #[arg(long = "html", env = "HARNESS_HTML", value_name = "FILE")]
    path: Option<PathBuf>,
}

impl HtmlFile {
    /// The file, if one is asked for.
    pub(crate) fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Whether the page is asked for.
    pub(crate) fn is_wanted(&self) -> bool {
        self.path.is_some()
    }

    /// Checks that the file can be written, before a run that may take minutes. What is in the file stays until the page is written.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) fn check(&self) -> io::Result<()> {
        let Some(path) = &self.path else { return Ok(()) };
        let is_new = !path.exists();
        OpenOptions::new().append(true).create(true).open(path)?;
        // A run that ends without a report leaves no empty file.
        if is_new { fs::remove_file(path) } else { Ok(()) }
    }

    /// Writes the page.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) fn write(&self, page: &str) -> io::Result<()> {
        self.path.as_ref().map_or(Ok(()), |path| fs::write(path, page))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: PathBuf) -> HtmlFile {
        HtmlFile { path: Some(path) }
    }

    #[test]
    fn a_check_leaves_no_file_and_keeps_what_is_in_one() {
        let folder = tempfile::tempdir().unwrap();
        let file = file(folder.path().join("report.html"));
        file.check().unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        file.write("first").unwrap();
        file.check().unwrap();
        assert_eq!(fs::read_to_string(file.path().unwrap()).unwrap(), "first");
        file.write("second").unwrap();
        assert_eq!(fs::read_to_string(file.path().unwrap()).unwrap(), "second");
    }

    #[test]
    fn a_folder_and_a_file_in_a_folder_that_is_not_there_cannot_be_written() {
        let folder = tempfile::tempdir().unwrap();
        assert!(file(folder.path().to_owned()).check().is_err());
        assert!(file(folder.path().join("no-such-folder/report.html")).check().is_err());
    }

    #[test]
    fn without_the_flag_nothing_is_written() {
        let none = HtmlFile::default();
        assert!(!none.is_wanted());
        none.check().unwrap();
        none.write("page").unwrap();
    }
}
