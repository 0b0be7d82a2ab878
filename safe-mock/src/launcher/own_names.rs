//! The long names of the accounts of a launcher, in the order in which they were registered (wider behaviour §7.1).
//!
//! The original launcher kept this list in the account, in the network. Here it is in the launcher: an account is in one launcher.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::account::AccountId;

/// The most names in the lists of one launcher.
const NAMES_MAX: usize = 1 << 16;

/// The lists of all accounts.
#[derive(Debug, Default)]
pub struct OwnNames {
    names: BTreeMap<(AccountId, u64), Arc<str>>,
    numbers: BTreeMap<(AccountId, Arc<str>), u64>,
    last: u64,
}

impl OwnNames {
    /// Whether the lists are full.
    pub fn is_full(&self) -> bool {
        self.names.len() >= NAMES_MAX
    }

    /// Whether a name is on the list of an account.
    pub fn has(&self, account: AccountId, name: &str) -> bool {
        self.numbers.contains_key(&(account, Arc::from(name)))
    }

    /// Puts a name at the end of the list of an account.
    pub fn add(&mut self, account: AccountId, name: &str) {
        self.remove(account, name);
        self.last += 1;
        let name: Arc<str> = Arc::from(name);
        self.names.insert((account, self.last), Arc::clone(&name));
        self.numbers.insert((account, name), self.last);
    }

    /// Takes a name from the list of an account.
    pub fn remove(&mut self, account: AccountId, name: &str) {
        if let Some(number) = self.numbers.remove(&(account, Arc::from(name))) {
            self.names.remove(&(account, number));
        }
    }

    /// The names of an account, oldest first.
    pub fn of(&self, account: AccountId) -> impl Iterator<Item = &Arc<str>> {
        self.names.range((account, 0)..=(account, u64::MAX)).map(|(_, name)| name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_account_has_its_names_in_the_order_of_registration() {
        let mut names = OwnNames::default();
        let (first, second) = (AccountId(1), AccountId(2));
        for (account, name) in [(first, "b"), (second, "c"), (first, "a"), (first, "d")] {
            names.add(account, name);
        }
        names.remove(first, "a");
        names.remove(second, "b");
        let of = |account| names.of(account).map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!((of(first), of(second)), (vec!["b".to_owned(), "d".to_owned()], vec!["c".to_owned()]));
        assert!(names.has(first, "b") && !names.has(second, "b") && !names.has(first, "a"));
    }
}
