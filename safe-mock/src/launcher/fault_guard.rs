//! A fault rule that is removed when its guard is dropped.

use super::shared::Launcher;
use crate::fault::FaultView;

/// Not the number of a rule: rules are counted from 1.
const KEPT: u64 = 0;

/// Removes its rule when dropped.
#[derive(Debug)]
#[must_use = "the rule is removed when this is dropped; bind it to a name, or call `keep`"]
pub struct FaultGuard {
    launcher: Launcher,
    id: u64,
}

impl FaultGuard {
    pub(crate) fn new(launcher: Launcher, id: u64) -> Self {
        Self { launcher, id }
    }

    /// The rule's number.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// The rule and its counters; `None` if it was removed in another way.
    pub fn view(&self) -> Option<FaultView> {
        self.launcher.faults().into_iter().find(|fault| fault.id == self.id)
    }

    /// How many calls it struck.
    pub fn strikes(&self) -> u64 {
        self.view().map_or(0, |view| view.strikes)
    }

    /// Keeps the rule, and returns its number.
    pub fn keep(mut self) -> u64 {
        std::mem::replace(&mut self.id, KEPT)
    }
}

impl Drop for FaultGuard {
    fn drop(&mut self) {
        if self.id != KEPT {
            self.launcher.remove_fault(self.id);
        }
    }
}
