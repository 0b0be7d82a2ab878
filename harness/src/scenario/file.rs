//! Scenarios as TOML files. Every mistake is told with the line that it is on.

use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::{FileError, InvalidScenario};
use super::model::Scenario;

/// The version of the form. It counts up when something in it changes its meaning or goes away.
pub const SCHEMA: u32 = 1;

/// The longest text that is read as a scenario, in bytes.
pub const FILE_BYTES_MAX: u64 = 1 << 20;

impl Scenario {
    /// Reads a scenario.
    ///
    /// # Errors
    /// The text is no scenario; the error says what is wrong, and on which line.
    pub fn from_toml(text: &str) -> Result<Self, String> {
        let scenario: Self = toml::from_str(text).map_err(|error| error.to_string())?;
        scenario.check().map_err(|bad| located(text, &bad))?;
        Ok(scenario)
    }

    /// The scenario as a text that [`from_toml`](Self::from_toml) reads.
    pub fn to_toml(&self) -> String {
        // A scenario is tables, texts and numbers, which TOML can always hold.
        toml::to_string(self).unwrap_or_default()
    }

    /// Reads a scenario from a file.
    ///
    /// # Errors
    /// There is no such file, or it holds no scenario.
    pub fn read(path: &Path) -> Result<Self, FileError> {
        let unreadable = |source| FileError::Unreadable { path: path.to_owned(), source };
        if std::fs::metadata(path).map_err(unreadable)?.len() > FILE_BYTES_MAX {
            let text = format!("it has more than {FILE_BYTES_MAX} bytes");
            return Err(FileError::Malformed { path: path.to_owned(), text });
        }
        let text = std::fs::read_to_string(path).map_err(unreadable)?;
        Self::from_toml(&text).map_err(|text| FileError::Malformed { path: path.to_owned(), text })
    }

    /// Writes the scenario to a file.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), FileError> {
        std::fs::write(path, self.to_toml()).map_err(|source| FileError::Unwritable { path: path.to_owned(), source })
    }
}

/// A complaint with the line that it is about.
fn located(text: &str, bad: &InvalidScenario) -> String {
    match line_of(text, &bad.path) {
        Some(line) => format!("line {line}: {bad}"),
        None => bad.to_string(),
    }
}

/// The line on which the value at this path begins, counted from 1; of what is not there, that of what it would be in.
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
    use crate::scenario::{Death, Dying, Ends, Join, KnownGap, Moment, Peer, PlacedFault, Visit};

    #[test]
    fn a_scenario_is_the_same_after_it_was_written_and_read() {
        let dying = Visit {
            dies: Some(Dying { how: Death::Crash, when: Moment::AfterRequests(5) }),
            stays_ms: Some(3),
            ..Visit::default()
        };
        let back = Visit { joins: Join::AfterMs(1_500), ends: Some(Ends::Failed("taken".into())), ..Visit::default() };
        let peers = vec![
            Peer::visiting(vec![dying, back]),
            Peer { own_account: true, ..Peer::visiting(vec![Visit::default()]) },
        ];
        let mut scenario = Scenario::of("all-of-it", "a file holds everything", peers);
        let matching = Matcher { chance: Some(0.25), ..Matcher::every() };
        scenario.faults = vec![PlacedFault::at(
            2,
            Rule::new(Fault::StaleRead { by: Duration::from_millis(5) }).on(matching).times(3),
        )];
        scenario.known_gap = Some(KnownGap { why: "nobody did it".into(), checks: vec!["roles".into()] });
        let text = scenario.to_toml();
        assert_eq!(Scenario::from_toml(&text).unwrap(), scenario, "{text}");
    }

    const HEAD: &str = "schema = 1\nname = \"n\"\nproves = \"p\"\n";

    fn complaint(rest: &str) -> String {
        Scenario::from_toml(&format!("{HEAD}{rest}")).unwrap_err()
    }

    #[test]
    fn a_mistake_is_told_with_its_line() {
        for (rest, line, says) in [
            ("pears = 1", "line 4", "unknown field `pears`"),
            ("pairs = \"two\"", "line 4", "invalid type"),
            ("pairs = 0\n[[peers]]\nvisits = [{}]", "line 4", "there are 1 to"),
            ("[[peers]]\nvisits = [{ joins = \"never\" }]", "line 5", "unknown variant `never`"),
            ("[[peers]]\nvisits = [{}]\n[[peers]]\nlauncher = 7\nvisits = [{}]", "line 7", "peers.1.launcher"),
            ("[[peers]]\nvisits = [{}]\n[[faults]]\n[faults.rule]\nfault = \"explode\"", "line 8", "explode"),
            (
                "[[peers]]\nvisits = [{}]\n[[faults]]\nrule = { fault = \"refuse\", matching = { chance = 2.0 } }",
                "line 7",
                "chance",
            ),
            ("peers = [", "line 4", "array"),
        ] {
            let said = complaint(rest);
            assert!(said.contains(line) && said.contains(says), "{rest}: {said}");
        }
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let said = Scenario::read(Path::new("no-such.toml")).unwrap_err().to_string();
        assert!(said.starts_with("no-such.toml cannot be read: "), "{said}");
    }
}
