//! The roots of an account's directories: one for each app that it let in, and the drive that they share (wider behaviour §5.1).
//!
//! An app takes the name of its root when it is let in, as in the original launcher. The directory itself is stored when it is first
//! used, so that an app without files leaves nothing in the network.

use std::collections::{BTreeMap, VecDeque};

use sha2::{Digest, Sha256};

use super::account::AccountId;
use super::app::App;
use crate::network::DataName;

/// The name of the directory that the apps of an account share.
pub const DRIVE: &str = "SAFEDrive";

/// What the names of roots that were never used take together at most, in bytes. Beyond, the oldest is free again.
const UNUSED_BYTES_MAX: usize = 1 << 20;

/// What such a name takes beside its text, in bytes.
const UNUSED_OVERHEAD_BYTES: usize = 384;

/// A root of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Key(AccountId, Owner);

/// Whose root it is: that of all apps, or that of one, by id and vendor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Owner {
    Drive,
    App([u8; 32]),
}

impl Key {
    fn of_app(account: AccountId, app: &App) -> Self {
        Self(account, Owner::App(Sha256::new().chain_update(&app.id).chain_update(&app.vendor).finalize().into()))
    }
}

/// What is known of a root.
#[derive(Debug)]
enum Root {
    /// It has a name, and no directory yet.
    Named(String),
    /// It has a directory.
    Stored(DataName),
}

/// A name within an account, as a hash: names can be long.
type NameHash = [u8; 32];

/// The roots of all accounts of a launcher.
#[derive(Debug, Default)]
pub struct Roots {
    by_key: BTreeMap<Key, Root>,
    /// The names that are taken, each with the number from which to look for a free one.
    names: BTreeMap<NameHash, u64>,
    /// The roots without a directory, oldest first; and some that have one by now.
    unused: VecDeque<(Key, usize)>,
    unused_bytes: usize,
}

impl Roots {
    /// Takes a name for the root of an app, unless it has one.
    pub fn name(&mut self, account: AccountId, app: &App) {
        let key = Key::of_app(account, app);
        if self.by_key.contains_key(&key) {
            return;
        }
        let name = self.free_name(account, &app.name);
        let bytes = name.len() + UNUSED_OVERHEAD_BYTES;
        self.by_key.insert(key, Root::Named(name));
        self.unused.push_back((key, bytes));
        self.unused_bytes += bytes;
        while self.unused_bytes > UNUSED_BYTES_MAX && self.unused.len() > 1 {
            self.forget_oldest();
        }
    }

    fn forget_oldest(&mut self) {
        let Some((key, bytes)) = self.unused.pop_front() else { return };
        self.unused_bytes -= bytes;
        if let Some(Root::Named(name)) = self.by_key.get(&key) {
            self.names.remove(&hash(key.0, name));
            self.by_key.remove(&key);
        }
    }

    /// `NAME-Root-Dir`, or `NAME-1-Root-Dir` and so on where that is taken.
    fn free_name(&mut self, account: AccountId, app: &str) -> String {
        let first = format!("{app}-Root-Dir");
        let first_hash = hash(account, &first);
        let Some(mut number) = self.names.get(&first_hash).copied() else {
            self.names.insert(first_hash, 1);
            return first;
        };
        loop {
            let name = format!("{app}-{number}-Root-Dir");
            number += 1;
            let name_hash = hash(account, &name);
            if !self.names.contains_key(&name_hash) {
                self.names.insert(name_hash, 1);
                self.names.insert(first_hash, number);
                return name;
            }
        }
    }

    /// The directory of an app's root, or without an app of the drive; or the name that it is to have.
    ///
    /// # Errors
    /// It has no directory yet.
    pub fn find(&mut self, account: AccountId, app: Option<&App>) -> Result<DataName, String> {
        match app {
            Some(app) => self.of_app(account, app),
            None => self.drive(account),
        }
    }

    fn of_app(&mut self, account: AccountId, app: &App) -> Result<DataName, String> {
        self.name(account, app);
        match self.by_key.get(&Key::of_app(account, app)) {
            Some(Root::Stored(directory)) => Ok(*directory),
            Some(Root::Named(name)) => Err(name.clone()),
            None => Err(format!("{}-Root-Dir", app.name)),
        }
    }

    fn drive(&self, account: AccountId) -> Result<DataName, String> {
        match self.by_key.get(&Key(account, Owner::Drive)) {
            Some(Root::Stored(directory)) => Ok(*directory),
            _ => Err(DRIVE.to_owned()),
        }
    }

    /// Notes the directory of an app's root, or of the drive.
    pub fn stored(&mut self, account: AccountId, app: Option<&App>, directory: DataName) {
        let key = app.map_or(Key(account, Owner::Drive), |app| Key::of_app(account, app));
        self.by_key.insert(key, Root::Stored(directory));
    }
}

fn hash(account: AccountId, name: &str) -> NameHash {
    Sha256::new().chain_update(account.0.to_le_bytes()).chain_update(name).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACCOUNT: AccountId = AccountId(1);

    fn app(id: &str, name: &str) -> App {
        App { name: name.into(), id: id.into(), vendor: "Example".into(), version: "1".into() }
    }

    fn named(roots: &mut Roots, id: &str, name: &str) -> String {
        roots.of_app(ACCOUNT, &app(id, name)).unwrap_err()
    }

    #[test]
    fn apps_of_one_name_have_numbered_roots_in_the_order_in_which_they_were_let_in() {
        let mut roots = Roots::default();
        roots.name(ACCOUNT, &app("b", "x"));
        roots.name(ACCOUNT, &app("a", "x"));
        assert_eq!(named(&mut roots, "a", "x"), "x-1-Root-Dir");
        assert_eq!(named(&mut roots, "b", "another name by now"), "x-Root-Dir");
        assert_eq!(named(&mut roots, "c", "x-2"), "x-2-Root-Dir");
        assert_eq!(named(&mut roots, "d", "x"), "x-3-Root-Dir");
        assert_eq!(roots.of_app(AccountId(2), &app("a", "x")).unwrap_err(), "x-Root-Dir");
    }

    #[test]
    fn a_root_that_was_stored_is_found_again_and_the_drive_is_another() {
        let mut roots = Roots::default();
        roots.stored(ACCOUNT, Some(&app("a", "x")), DataName([1; 32]));
        roots.stored(ACCOUNT, None, DataName([2; 32]));
        assert_eq!(roots.of_app(ACCOUNT, &app("a", "y")), Ok(DataName([1; 32])));
        assert_eq!((roots.drive(ACCOUNT), roots.drive(AccountId(2))), (Ok(DataName([2; 32])), Err(DRIVE.to_owned())));
    }

    #[test]
    fn names_of_unused_roots_are_bounded_and_used_ones_stay() {
        let mut roots = Roots::default();
        roots.name(ACCOUNT, &app("first", "x"));
        roots.stored(ACCOUNT, Some(&app("first", "x")), DataName([1; 32]));
        let long = "x".repeat(10_000);
        for number in 0..1_000 {
            roots.name(ACCOUNT, &app(&format!("a{number}"), &long));
        }
        assert!(roots.unused_bytes <= UNUSED_BYTES_MAX && roots.by_key.len() < 120 && roots.names.len() < 120);
        assert_eq!(roots.of_app(ACCOUNT, &app("first", "x")), Ok(DataName([1; 32])));
    }
}
