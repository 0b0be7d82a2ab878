//! Scenarios as TOML files. Every error names its line.

use std::io::{self, Write as _};
use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::{FileError, InvalidScenario};
use super::limits::FILE_BYTES_MAX;
use super::model::Scenario;
use crate::suggestion::nearest_in;

impl Scenario {
    /// Reads a scenario.
    ///
    /// # Errors
    /// The text is not a scenario; the error says why, and on which line.
    pub fn from_toml(text: &str) -> Result<Self, String> {
        let scenario: Self = toml::from_str(text).map_err(|error| malformed(&error))?;
        scenario.check().map_err(|invalid| located(text, &invalid))?;
        Ok(scenario)
    }

    /// The scenario as a text that [`from_toml`](Self::from_toml) reads.
    pub fn to_toml(&self) -> String {
        // A scenario has only tables, texts and numbers, so TOML can always hold it.
        toml::to_string(self).unwrap_or_default()
    }

    /// Reads a scenario from a file.
    ///
    /// # Errors
    /// The file cannot be read, or does not hold a scenario.
    pub fn read(path: &Path) -> Result<Self, FileError> {
        let unreadable = |source| FileError::Unreadable { path: path.to_owned(), source };
        if std::fs::metadata(path).map_err(unreadable)?.len() > FILE_BYTES_MAX {
            let text = format!("it has more than {FILE_BYTES_MAX} bytes");
            return Err(FileError::Malformed { path: path.to_owned(), text });
        }
        let text = std::fs::read_to_string(path).map_err(unreadable)?;
        Self::from_toml(&text).map_err(|text| FileError::Malformed { path: path.to_owned(), text })
    }

    /// Writes the scenario to a file, which replaces what has this name: it is never written through a symbolic link.
    ///
    /// # Errors
    /// The file cannot be written. What has its name is then as it was.
    pub fn write(&self, path: &Path) -> Result<(), FileError> {
        replace(path, &self.to_toml()).map_err(|source| FileError::Unwritable { path: path.to_owned(), source })
    }
}

/// Writes a new file in the same folder and gives it the name. Who may write in the folder can have put a symbolic link there
/// under this name: a rename replaces the link, and not what it points to.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    // As for any new file: the umask of the user says who may read it.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.persist(path)?;
    Ok(())
}

/// The error with its line, and the key or value that was probably meant.
fn malformed(error: &toml::de::Error) -> String {
    let meant = nearest_in(error.message()).map(|name| format!("; did you mean `{name}`?"));
    format!("{}{}", error.to_string().trim_end(), meant.unwrap_or_default())
}

/// The error with the line of its value.
fn located(text: &str, invalid: &InvalidScenario) -> String {
    match line_of(text, &invalid.path) {
        Some(line) => format!("line {line}: {invalid}"),
        None => invalid.to_string(),
    }
}

/// The line on which the value at this path begins, counted from 1. For an absent value, the line of the table that would hold it.
fn line_of(text: &str, path: &[String]) -> Option<usize> {
    let table = DeTable::parse(text).ok()?;
    let (key, below) = path.split_first()?;
    let start = span_start(table.get_ref().get(key.as_str())?, below);
    Some(text.get(..start)?.matches('\n').count() + 1)
}

fn span_start(value: &Spanned<DeValue<'_>>, path: &[String]) -> usize {
    let here = value.span().start;
    let Some((key, below)) = path.split_first() else { return here };
    let child = match value.get_ref() {
        DeValue::Table(table) => table.get(key.as_str()),
        DeValue::Array(array) => key.parse::<usize>().ok().and_then(|index| array.get(index)),
        _ => None,
    };
    child.map_or(here, |child| span_start(child, below))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use safe_mock::fault::{Fault, Matcher, Rule};

    use super::*;
    use crate::scenario::{Death, DeathTime, ExpectedEnd, Join, KnownGap, Peer, PlacedFault, PlannedDeath, Visit};

    #[test]
    fn a_scenario_is_the_same_after_writing_and_reading() {
        let dying = Visit {
            dies: Some(PlannedDeath { how: Death::Crash, when: DeathTime::AfterRequests(5) }),
            stays_ms: Some(3),
            ..Visit::default()
        };
        let back =
            Visit { joins: Join::AfterMs(1_500), ends: Some(ExpectedEnd::Failed("taken".into())), ..Visit::default() };
        let peers = vec![
            Peer::visiting(vec![dying, back]),
            Peer { own_account: true, ..Peer::visiting(vec![Visit::default()]) },
        ];
        let mut scenario = Scenario::of("all-of-it", "a file holds every value", peers);
        let matching = Matcher { chance: Some(0.25), ..Matcher::every() };
        scenario.faults = vec![PlacedFault::at(
            2,
            Rule::new(Fault::StaleRead { by: Duration::from_millis(5) }).on(matching).times(3),
        )];
        scenario.known_gap = Some(KnownGap { why: "not implemented".into(), checks: vec!["roles".into()] });
        let text = scenario.to_toml();
        assert_eq!(Scenario::from_toml(&text).unwrap(), scenario, "{text}");
    }

    const HEAD: &str = "schema = 1\nname = \"n\"\nproves = \"p\"\n";

    fn error(rest: &str) -> String {
        Scenario::from_toml(&format!("{HEAD}{rest}")).unwrap_err()
    }

    #[test]
    fn an_error_names_its_line() {
        for (rest, line, says) in [
            ("pears = 1", "line 4", "unknown field `pears`"),
            ("pairz = 1", "line 4", "; did you mean `pairs`?"),
            ("pairs = \"two\"", "line 4", "invalid type"),
            ("pairs = 0\n[[peers]]\nvisits = [{}]", "line 4", "is not a number of pairs"),
            ("[[peers]]\nvisits = [{ joins = \"never\" }]", "line 5", "unknown variant `never`"),
            ("[[peers]]\nvisits = [{}]\n[[peers]]\nlauncher = 7\nvisits = [{}]", "line 7", "peers.1.launcher"),
            ("[[peers]]\nvisits = [{}]\n[[faults]]\n[faults.rule]\nfault = \"explode\"", "line 8", "explode"),
            (
                "[[peers]]\nvisits = [{}]\n[[faults]]\nrule = { fault = \"refuse\", matching = { chance = 2.0 } }",
                "line 7",
                "chance",
            ),
            ("peers = [", "line 4", "array"),
            ("[[peers]]\nvisits = [\n{},\n{ stays_ms = 1000000000000 }]", "line 7", "peers.0.visits.1.stays_ms"),
            ("[[peers]]\nvisits = [{ joins = { after_ms = 86400001 } }]", "line 5", "longer than a day"),
            ("[[peers]]\nvisits = [{ joins = { within_ms = 9223372036854775807 } }]", "line 5", "within_ms"),
            (
                "schedule.back_off = { factor = 2, longest_ms = 86400001 }\n[[peers]]\nvisits = [{}]",
                "line 4",
                "longest_ms",
            ),
            (
                "[[peers]]\nvisits = [{}]\n[[faults]]\nrule.fault = \"refuse\"\nrule.until.for_ms = 86400001",
                "line 8",
                "for_ms",
            ),
        ] {
            let said = error(rest);
            assert!(said.contains(line) && said.contains(says), "{rest}: {said}");
        }
    }

    /// A file is saved in a folder of the user, and a symbolic link with its name may be there.
    #[cfg(unix)]
    #[test]
    fn a_file_replaces_a_symbolic_link_and_not_what_it_points_to() {
        use std::os::unix::fs::{MetadataExt as _, symlink};

        let folder = tempfile::tempdir().unwrap();
        let [other, fresh, path] = ["other.txt", "fresh.txt", "mine.toml"].map(|name| folder.path().join(name));
        for file in [&other, &fresh] {
            std::fs::write(file, "not mine").unwrap();
        }
        let scenario = Scenario::classic();
        for target in [other.as_path(), Path::new("absent.txt")] {
            symlink(target, &path).unwrap();
            scenario.write(&path).unwrap();
            assert!(std::fs::symlink_metadata(&path).unwrap().is_file());
            assert_eq!(Scenario::read(&path).unwrap(), scenario);
            std::fs::remove_file(&path).unwrap();
        }
        assert_eq!(std::fs::read_to_string(&other).unwrap(), "not mine");

        scenario.write(&fresh).unwrap();
        let mode = |file| std::fs::metadata(file).unwrap().mode();
        assert_eq!(mode(&fresh), mode(&other), "a file as any other that this user makes");
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 2, "no temporary file stays");
    }

    #[test]
    fn a_file_that_cannot_be_written_leaves_no_temporary_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a-folder");
        std::fs::create_dir(&path).unwrap();
        let said = Scenario::classic().write(&path).unwrap_err().to_string();
        assert!(said.starts_with(&format!("{} cannot be written: ", path.display())), "{said}");
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
    }

    #[test]
    fn an_absent_file_is_named() {
        let said = Scenario::read(Path::new("no-such.toml")).unwrap_err().to_string();
        assert!(said.starts_with("no-such.toml cannot be read: "), "{said}");
    }
}
