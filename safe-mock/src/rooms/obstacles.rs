//! What keeps apps away from their launchers, so that a peer never comes to its room: questions to the user, and refused pages.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use crate::escape::Escaped;

/// How many questions, and how many refusals, are kept.
const KEPT_MAX: usize = 100;

/// How long a refusal is mentioned.
const TOLD_FOR: Duration = Duration::from_mins(5);

/// Why an app or a page was sent away.
#[derive(Debug, Clone, PartialEq, Eq)]
struct SentAway {
    at: Duration,
    launcher: u64,
    what: String,
}

/// Apps that wait or were denied, and pages that were refused.
#[derive(Debug, Default)]
pub struct Obstacles {
    waiting: BTreeMap<(u64, u64), String>,
    sent_away: VecDeque<SentAway>,
}

impl Obstacles {
    /// An app waits for the user's consent, as question `id` of a launcher.
    pub fn asks(&mut self, launcher: u64, id: u64, app: &str) {
        if self.waiting.len() < KEPT_MAX {
            self.waiting.insert((launcher, id), Escaped(app).to_string());
        }
    }

    /// A question was answered, or withdrawn.
    pub fn asks_no_more(&mut self, launcher: u64, id: u64) {
        self.waiting.remove(&(launcher, id));
    }

    /// The user did not let an app in.
    pub fn denied(&mut self, at: Duration, launcher: u64, app: &str) {
        self.send_away(at, launcher, format!("the app \"{}\" was not let in", Escaped(app)));
    }

    /// A page may not call a launcher.
    pub fn refused(&mut self, at: Duration, launcher: u64, why: &str) {
        self.send_away(at, launcher, format!("a page was refused: {}", Escaped(why)));
    }

    fn send_away(&mut self, at: Duration, launcher: u64, what: String) {
        // A page that tries again and again is one.
        self.sent_away.retain(|known| (known.launcher, &known.what) != (launcher, &what));
        self.sent_away.push_back(SentAway { at, launcher, what });
        if self.sent_away.len() > KEPT_MAX {
            self.sent_away.pop_front();
        }
    }

    /// Those that still wait; who was sent away before is forgotten.
    #[must_use]
    pub fn of_now(self) -> Self {
        Self { sent_away: VecDeque::new(), ..self }
    }

    /// Who waits or was sent away lately, as a sentence; `None` if that is nobody.
    pub fn sentence(&self, now: Duration) -> Option<String> {
        if let Some(((launcher, _), app)) = self.waiting.first_key_value() {
            let others = match self.waiting.len() - 1 {
                0 => String::new(),
                others => format!(", and {others} more"),
            };
            return Some(format!("The app \"{app}\" waits for the user's consent at launcher {launcher}{others}."));
        }
        let last = self.sent_away.back().filter(|last| now.saturating_sub(last.at) <= TOLD_FOR)?;
        let end = if last.what.ends_with('.') { "" } else { "." };
        Some(format!("At launcher {} {}{end}", last.launcher, last.what))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::from_secs(10);

    #[test]
    fn who_waits_is_told_before_who_was_sent_away() {
        let mut obstacles = Obstacles::default();
        assert_eq!(obstacles.sentence(NOW), None);
        obstacles.denied(NOW, 1, "chat");
        assert_eq!(obstacles.sentence(NOW).unwrap(), "At launcher 1 the app \"chat\" was not let in.");
        obstacles.asks(2, 1, "chat");
        obstacles.asks(2, 2, "other");
        assert_eq!(
            obstacles.sentence(NOW).unwrap(),
            "The app \"chat\" waits for the user's consent at launcher 2, and 1 more."
        );
        obstacles.asks_no_more(2, 1);
        obstacles.asks_no_more(2, 2);
        obstacles.refused(NOW, 2, "Pages of http://a.example may not call.");
        assert_eq!(
            obstacles.sentence(NOW).unwrap(),
            "At launcher 2 a page was refused: Pages of http://a.example may not call."
        );
    }

    #[test]
    fn what_is_long_ago_is_not_told() {
        let mut obstacles = Obstacles::default();
        obstacles.denied(NOW, 1, "chat");
        assert_eq!(obstacles.sentence(NOW + TOLD_FOR + Duration::from_secs(1)), None);
    }

    #[test]
    fn it_is_bounded() {
        let mut obstacles = Obstacles::default();
        for number in 0..KEPT_MAX as u64 * 2 {
            obstacles.asks(1, number, "chat");
            obstacles.denied(NOW, number, "chat");
        }
        assert_eq!((obstacles.waiting.len(), obstacles.sent_away.len()), (KEPT_MAX, KEPT_MAX));
    }
}
