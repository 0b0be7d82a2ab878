//! A fault rule that is removed when its guard is dropped.

use std::fmt::Debug;
use std::ops::{Bound, RangeBounds};

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
    expected: Option<ExpectedStrikes>,
}

#[derive(Debug)]
struct ExpectedStrikes {
    bounds: (Bound<u64>, Bound<u64>),
    text: String,
}

impl FaultGuard {
    pub(crate) fn new(launcher: Launcher, id: u64) -> Self {
        Self { launcher, id, expected: None }
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

    /// Expects this many strikes: `1..` is at least one. Dropping the guard checks it.
    ///
    /// # Panics
    /// Dropping the guard panics if the rule struck more or fewer calls, unless the thread panics already.
    pub fn expect(mut self, strikes: impl RangeBounds<u64> + Debug) -> Self {
        let bounds = (strikes.start_bound().cloned(), strikes.end_bound().cloned());
        self.expected = Some(ExpectedStrikes { bounds, text: format!("{strikes:?}") });
        self
    }

    /// Keeps the rule, and returns its number. Expected strikes are not checked.
    pub fn keep(mut self) -> u64 {
        std::mem::replace(&mut self.id, KEPT)
    }
}

impl Drop for FaultGuard {
    fn drop(&mut self) {
        if self.id == KEPT {
            return;
        }
        let strikes = self.strikes();
        self.launcher.remove_fault(self.id);
        if let Some(ExpectedStrikes { bounds, text }) = &self.expected
            && !std::thread::panicking()
        {
            assert!(bounds.contains(&strikes), "fault rule {} struck {strikes} calls, expected {text}", self.id);
        }
    }
}
