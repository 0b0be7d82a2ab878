//! The log of a peer program, as far as a report shows it.

use super::line::shown;
use crate::format::counted;
use crate::peer::PeerVisit;

/// The most lines of one visit.
const LINES_MAX: usize = 100;

/// Writes the first lines into the events of a visit, and counts the others.
#[derive(Debug, Default)]
pub(super) struct ProgramLog {
    written: usize,
    more: usize,
}

impl ProgramLog {
    pub(super) fn write(&mut self, visit: &PeerVisit, line: &str) {
        if line.is_empty() {
            return;
        }
        if self.written >= LINES_MAX {
            self.more += 1;
            return;
        }
        self.written += 1;
        visit.logged(shown(line));
    }

    /// The program has ended.
    pub(super) fn end(self, visit: &PeerVisit) {
        if self.more > 0 {
            visit.logged(format!("and {}", counted(self.more, "more line")));
        }
    }
}
