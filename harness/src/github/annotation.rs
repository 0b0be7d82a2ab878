//! Annotations as workflow commands.

use signaling::Printable;

use crate::format::counted;

/// The most annotations of a level in one step. GitHub drops the others.
const ANNOTATIONS_MAX: usize = 10;

/// The most characters of a title.
const TITLE_CHARS_MAX: usize = 200;

/// The most characters of a line of a message. GitHub keeps 64 KiB of a message.
const LINE_CHARS_MAX: usize = 4_000;

/// How grave it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Level {
    /// It failed.
    Error,
    /// It deserves a look.
    Warning,
    /// It is as it should be.
    Notice,
}

impl Level {
    const ALL: [Self; 3] = [Self::Error, Self::Warning, Self::Notice];

    fn command(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Notice => "notice",
        }
    }
}

/// A message that GitHub shows beside the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Annotation {
    /// How grave it is.
    pub(crate) level: Level,
    /// What it is about.
    pub(crate) title: String,
    /// What there is to know, line by line.
    pub(crate) lines: Vec<String>,
}

impl Annotation {
    /// The command, with a newline at the end.
    fn command(&self) -> String {
        let title = escaped(&bounded(&self.title, TITLE_CHARS_MAX)).replace(':', "%3A").replace(',', "%2C");
        let lines = self.lines.iter().map(|line| escaped(&bounded(line, LINE_CHARS_MAX)));
        format!("::{} title={title}::{}\n", self.level.command(), lines.collect::<Vec<_>>().join("%0A"))
    }
}

/// The commands, the gravest first. Of a level with too many, the last one says how many more there are.
pub(super) fn commands(annotations: &[Annotation]) -> String {
    let of_level = |level| {
        let all: Vec<_> = annotations.iter().filter(|annotation| annotation.level == level).collect();
        let shown = if all.len() > ANNOTATIONS_MAX { ANNOTATIONS_MAX - 1 } else { all.len() };
        let commands: String = all.iter().take(shown).map(|annotation| annotation.command()).collect();
        let more = (all.len() > shown).then(|| Annotation {
            level,
            title: format!("{} more", all.len() - shown),
            lines: vec![format!(
                "GitHub shows {ANNOTATIONS_MAX} of {} of a step; the summary of the step has all.",
                counted(all.len(), level.command())
            )],
        });
        commands + &more.map(|more| more.command()).unwrap_or_default()
    };
    Level::ALL.into_iter().map(of_level).collect()
}

/// A text within a command. A line break would end the command, and what follows could be another one.
fn escaped(text: &str) -> String {
    Printable(text).to_string().replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The first characters of a text.
pub(super) fn bounded(text: &str, chars_max: usize) -> String {
    let start: String = text.chars().take(chars_max).collect();
    if start.len() < text.len() { start + "…" } else { start }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn an_annotation(level: Level, title: &str, lines: &[&str]) -> Annotation {
        Annotation { level, title: title.to_owned(), lines: lines.iter().map(|&line| line.to_owned()).collect() }
    }

    #[test]
    fn a_foreign_text_ends_no_command_and_starts_none() {
        let foreign = "a,b::c\n::stop-commands::x\r\n##[add-mask]y%0A::error::z\u{202e}";
        let commands = commands(&[an_annotation(Level::Error, foreign, &["found", foreign])]);
        assert_eq!(commands.lines().count(), 1, "{commands}");
        insta::assert_snapshot!(commands);
    }

    #[test]
    fn no_level_has_more_annotations_than_github_shows_and_the_others_are_counted() {
        let many = [10, 11, 300].map(|number| {
            let all = vec![an_annotation(Level::Error, "title", &["line"]); number];
            commands(&[all, vec![an_annotation(Level::Warning, "w", &["l"])]].concat())
        });
        for commands in &many {
            assert_eq!(commands.matches("::error ").count(), 10);
            assert!(commands.ends_with("::warning title=w::l\n"));
        }
        assert!(
            !many[0].contains("more") && many[1].contains("title=2 more::") && many[2].contains("title=291 more::")
        );
    }

    #[test]
    fn a_long_text_is_cut() {
        let long = "x%".repeat(100_000);
        let commands = commands(&[an_annotation(Level::Error, &long, &[&long])]);
        assert!(commands.len() < 64 * 1024, "{}", commands.len());
    }
}
