//! How much content may be under way in one launcher: sent by apps, and not stored yet.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::error::LauncherError;

/// The bytes of content under way, and how many there may be. Clones share it.
#[derive(Debug, Clone)]
pub struct ContentBudget(Arc<Budget>);

#[derive(Debug)]
struct Budget {
    used: AtomicUsize,
    bytes_max: usize,
}

impl ContentBudget {
    /// Nothing is under way, and at most `bytes_max` bytes may be.
    pub fn new(bytes_max: usize) -> Self {
        Self(Arc::new(Budget { used: AtomicUsize::new(0), bytes_max }))
    }

    /// How many bytes are under way.
    pub fn used(&self) -> usize {
        self.0.used.load(Ordering::Relaxed)
    }

    /// Whether so many more bytes may come.
    pub fn has_room_for(&self, bytes: u64) -> bool {
        usize::try_from(bytes).is_ok_and(|bytes| self.used().saturating_add(bytes) <= self.0.bytes_max)
    }

    /// A share of it, without a byte yet.
    pub fn share(&self) -> Reserved {
        Reserved { budget: self.clone(), bytes: 0 }
    }
}

/// The share that one piece of content has. It is given back when it is dropped.
#[derive(Debug)]
pub struct Reserved {
    budget: ContentBudget,
    bytes: usize,
}

impl Reserved {
    /// The budget that it is a part of.
    pub fn budget(&self) -> &ContentBudget {
        &self.budget
    }

    /// Takes `bytes` more.
    ///
    /// # Errors
    /// There would be too many; nothing was taken.
    pub fn grow(&mut self, bytes: usize) -> Result<(), LauncherError> {
        let Budget { used, bytes_max } = &*self.budget.0;
        let grown = |used: usize| used.checked_add(bytes).filter(|used| used <= bytes_max);
        used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, grown).map_err(|_| LauncherError::TooMuchContent)?;
        self.bytes += bytes;
        Ok(())
    }

    /// Gives back all but `bytes`.
    pub fn shrink_to(&mut self, bytes: usize) {
        let rest = self.bytes.saturating_sub(bytes);
        self.budget.0.used.fetch_sub(rest, Ordering::Relaxed);
        self.bytes -= rest;
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        self.shrink_to(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_grow_up_to_the_budget_and_are_given_back() {
        let budget = ContentBudget::new(10);
        let [mut one, mut other] = [budget.share(), budget.share()];
        assert_eq!((one.grow(6), other.grow(5), other.grow(4)), (Ok(()), Err(LauncherError::TooMuchContent), Ok(())));
        assert!(budget.used() == 10 && budget.has_room_for(0) && !budget.has_room_for(1));
        assert!(!budget.has_room_for(u64::MAX) && one.grow(usize::MAX).is_err());
        one.shrink_to(2);
        assert_eq!((budget.used(), other.grow(4)), (6, Ok(())));
        drop((one, other));
        assert_eq!(budget.used(), 0);
    }
}
