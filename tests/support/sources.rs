//! The project's own sources, for the rules that tests hold them to.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The folder of the workspace.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// One source file.
#[derive(Debug, Clone)]
pub struct Source {
    /// Its path from the workspace's folder, with `/` between the parts.
    pub path: String,
    /// What it says.
    pub text: String,
}

impl Source {
    /// The text before the file's own tests.
    pub fn before_tests(&self) -> &str {
        self.text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default()
    }

    /// The text before its tests without comments.
    pub fn code(&self) -> String {
        let lines = self.before_tests().lines().filter(|line| !line.trim_start().starts_with("//"));
        lines.collect::<Vec<_>>().join("\n")
    }
}

/// Every Rust file below `folder`, which is given from the workspace's folder.
///
/// # Errors
/// A folder or file cannot be read.
pub fn rust_files(folder: &str) -> io::Result<Vec<Source>> {
    let mut found = Vec::new();
    collect(&root().join(folder), folder, &mut found)?;
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

fn collect(folder: &Path, shown: &str, found: &mut Vec<Source>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = format!("{shown}/{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &path, found)?;
        } else if entry.path().extension().is_some_and(|extension| extension == "rs") {
            found.push(Source { path, text: fs::read_to_string(entry.path())? });
        }
    }
    Ok(())
}
