//! Directories and files of two accounts, tested against a small model: each tree is a value, moved and copied as values are.

use std::time::Duration;

use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::directory::{Action, Listing, NewDirectory};
use super::error::LauncherError;
use super::network::Network;
use super::path::{Path, Root};
use super::session::Session;
use super::state::State;
use super::{App, Permission};
use crate::config::Config;
use crate::network::tree::NewDescription;
use crate::network::{DataName, Record};

/// A directory of the model.
#[derive(Debug, Clone, Default, PartialEq)]
struct Node {
    name: String,
    metadata: String,
    is_private: bool,
    directories: Vec<Node>,
    files: Vec<(String, String)>,
}

type Names = Vec<&'static str>;

#[derive(Debug, Clone)]
enum Operation {
    CreateDirectory(Names, bool),
    DeleteDirectory(Names),
    ChangeDirectory(Names, &'static str, &'static str),
    PassDirectory(Names, Root, Names, Action),
    CreateFile(Names),
    DeleteFile(Names),
    ChangeFile(Names, &'static str, &'static str),
    PassFile(Names, Root, Names, Action),
}

fn names() -> impl Strategy<Value = Names> {
    prop_oneof![
        4 => subsequence(vec!["a", "b", "a", "b"], 0..4).prop_shuffle(),
        1 => proptest::collection::vec(select(vec!["a", "b", "..", "\u{fc}"]), 0..3),
    ]
}

fn operation() -> impl Strategy<Value = Operation> {
    let root = || select(vec![Root::App, Root::App, Root::Drive]);
    let action = || select(vec![Action::Move, Action::Copy]);
    let text = || select(vec!["", "a", "b", "c"]);
    prop_oneof![
        6 => (names(), any::<bool>()).prop_map(|(at, is_private)| Operation::CreateDirectory(at, is_private)),
        1 => names().prop_map(Operation::DeleteDirectory),
        2 => (names(), text(), text()).prop_map(|(at, name, metadata)| Operation::ChangeDirectory(at, name, metadata)),
        4 => (names(), root(), names(), action()).prop_map(|(at, root, to, action)| Operation::PassDirectory(at, root, to, action)),
        4 => names().prop_map(Operation::CreateFile),
        1 => names().prop_map(Operation::DeleteFile),
        2 => (names(), text(), text()).prop_map(|(at, name, metadata)| Operation::ChangeFile(at, name, metadata)),
        3 => (names(), root(), names(), action()).prop_map(|(at, root, to, action)| Operation::PassFile(at, root, to, action)),
    ]
}

type Outcome = Result<(), LauncherError>;

impl Node {
    fn find(&mut self, names: &[&str]) -> Result<&mut Self, LauncherError> {
        let Some((first, rest)) = names.split_first() else { return Ok(self) };
        let next = self.directories.iter_mut().find(|node| node.name == *first);
        next.ok_or(LauncherError::PathNotFound)?.find(rest)
    }

    fn add(&mut self, node: Self) -> Outcome {
        if self.directories.iter().any(|other| other.name == node.name) {
            return Err(LauncherError::DirectoryExists);
        }
        self.directories.push(node);
        Ok(())
    }

    fn add_file(&mut self, name: &str, metadata: &str) -> Outcome {
        if self.files.iter().any(|(other, _)| other == name) {
            return Err(LauncherError::FileExists);
        }
        self.files.push((name.into(), metadata.into()));
        Ok(())
    }

    fn file(&self, name: &str) -> Option<usize> {
        self.files.iter().position(|(other, _)| other == name)
    }

    fn directory(&self, name: &str) -> Option<usize> {
        self.directories.iter().position(|other| other.name == name)
    }
}

/// The app root and the drive of an account.
#[derive(Debug, Clone, PartialEq)]
struct Trees([Node; 2]);

fn index(root: Root) -> usize {
    usize::from(root == Root::Drive)
}

impl Trees {
    fn new() -> Self {
        let root = |name: &str| Node { name: name.into(), is_private: true, ..Node::default() };
        Self([root("app-Root-Dir"), root("SAFEDrive")])
    }

    fn find(&mut self, root: Root, names: &[&str]) -> Result<&mut Node, LauncherError> {
        self.0[index(root)].find(names)
    }

    #[expect(clippy::too_many_lines, reason = "one arm for each operation")]
    fn apply(&mut self, root: Root, operation: &Operation) -> Outcome {
        match operation {
            Operation::CreateDirectory(at, is_private) => {
                let (name, above) = at.split_last().ok_or(LauncherError::InvalidPath)?;
                let node = Node { name: (*name).into(), is_private: *is_private, ..Node::default() };
                self.find(root, above)?.add(node)
            }
            Operation::DeleteDirectory(at) => {
                let (name, above) = at.split_last().ok_or(LauncherError::InvalidPath)?;
                let above = self.find(root, above)?;
                above.directories.remove(above.directory(name).ok_or(LauncherError::NoDirectory)?);
                Ok(())
            }
            Operation::ChangeDirectory(at, name, metadata) => {
                let old = self.find(root, at)?.name.clone();
                let is_new = !name.is_empty() && *name != old;
                if let (true, Some((_, above))) = (is_new, at.split_last())
                    && self.find(root, above)?.directory(name).is_some()
                {
                    return Err(LauncherError::DirectoryExists);
                }
                let node = self.find(root, at)?;
                set(&mut node.name, name);
                set(&mut node.metadata, metadata);
                Ok(())
            }
            Operation::PassDirectory(at, to_root, to, action) => {
                let node = self.find(root, at)?.clone();
                let target = self.find(*to_root, to)?;
                if target.directory(&node.name).is_some() {
                    return Err(LauncherError::DirectoryExists);
                }
                if *action == Action::Copy {
                    return target.add(node);
                }
                let (name, above) = at.split_last().ok_or(LauncherError::PathNotFound)?;
                if root == *to_root && to.starts_with(at) {
                    return Err(LauncherError::PathNotFound);
                }
                target.add(node)?;
                let above = self.find(root, above)?;
                // Where it is moved to the directory that lists it, this is not reached.
                above.directories.remove(above.directory(name).unwrap());
                Ok(())
            }
            Operation::CreateFile(at) => {
                let (name, above) = at.split_last().ok_or(LauncherError::PathNotFound)?;
                self.find(root, above)?.add_file(name, "")
            }
            Operation::DeleteFile(at) => {
                let (name, above) = at.split_last().ok_or(LauncherError::PathNotFound)?;
                let above = self.find(root, above)?;
                above.files.remove(above.file(name).ok_or(LauncherError::NoFile)?);
                Ok(())
            }
            Operation::ChangeFile(at, name, metadata) => {
                let (old, above) = at.split_last().ok_or(LauncherError::PathNotFound)?;
                let above = self.find(root, above)?;
                let place = above.file(old).ok_or(LauncherError::InvalidPath)?;
                if above.file(name).is_some_and(|other| other != place) {
                    return Err(LauncherError::FileExists);
                }
                set(&mut above.files[place].0, name);
                set(&mut above.files[place].1, metadata);
                Ok(())
            }
            Operation::PassFile(at, to_root, to, action) => {
                let (name, above) = at.split_last().ok_or(LauncherError::PathNotFound)?;
                self.find(root, above)?;
                if self.find(*to_root, to)?.file(name).is_some() {
                    return Err(LauncherError::FileExists);
                }
                let source = self.find(root, above)?;
                let place = source.file(name).ok_or(LauncherError::PathNotFound)?;
                let (name, metadata) = source.files[place].clone();
                if *action == Action::Move {
                    source.files.remove(place);
                }
                self.find(*to_root, to)?.add_file(&name, &metadata)
            }
        }
    }
}

fn set(text: &mut String, new: &str) {
    if !new.is_empty() {
        new.clone_into(text);
    }
}

fn description(name: &str, metadata: &str) -> NewDescription {
    let given = |text: &str| (!text.is_empty()).then(|| text.into());
    NewDescription { name: given(name), metadata: given(metadata) }
}

fn apply(state: &mut State, session: &Session, root: Root, operation: &Operation, now: Duration) -> Outcome {
    // Slashes at the ends and doubled ones make no difference.
    let text = |names: &Names| format!("/{}/", names.join("//"));
    let at = |text| Path { root, text };
    match operation {
        Operation::CreateDirectory(names, is_private) => {
            let new = NewDirectory { metadata: "".into(), is_private: *is_private };
            state.create_directory(session, at(&text(names)), new, now)
        }
        Operation::DeleteDirectory(names) => state.delete_directory(session, at(&text(names)), now).map(drop),
        Operation::ChangeDirectory(names, name, metadata) => {
            state.change_directory(session, at(&text(names)), description(name, metadata), now)
        }
        Operation::PassDirectory(names, to_root, to, action) => {
            let to = text(to);
            state.pass_directory(session, at(&text(names)), Path { root: *to_root, text: &to }, *action, now)
        }
        Operation::CreateFile(names) => {
            let mut file = state.begin_file(session, at(&text(names)), "".into(), 7, now)?;
            file.push(b"content")?;
            state.finish_file(file, now)
        }
        Operation::DeleteFile(names) => state.delete_file(session, at(&text(names)), now),
        Operation::ChangeFile(names, name, metadata) => {
            state.change_file(session, at(&text(names)), description(name, metadata), now)
        }
        Operation::PassFile(names, to_root, to, action) => {
            let to = text(to);
            state.pass_file(session, at(&text(names)), Path { root: *to_root, text: &to }, *action, now)
        }
    }
}

/// What a directory and all below it list.
fn seen(state: &mut State, session: &Session, root: Root, names: &[String]) -> Node {
    let text = names.join("/");
    let Listing { info, directories, files } =
        state.read_directory(session, Path { root, text: &text }, Duration::ZERO).unwrap();
    let below = directories.iter().map(|directory| {
        let node = seen(state, session, root, &[names, &[directory.name.to_string()]].concat());
        assert_eq!((&*directory.name, directory.is_private), (node.name.as_str(), node.is_private));
        assert_eq!(&*directory.metadata, node.metadata);
        node
    });
    Node {
        name: info.name.to_string(),
        metadata: info.metadata.to_string(),
        is_private: info.is_private,
        directories: below.collect(),
        files: files.iter().map(|file| (file.name.to_string(), file.file.metadata.to_string())).collect(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(150) })]

    #[test]
    fn any_order_of_changes_by_two_accounts_follows_the_model(
        operations in proptest::collection::vec((0..2_usize, select(vec![Root::App, Root::App, Root::Drive]), operation()), 1..40),
    ) {
        let network = Network::new();
        let mut state = State::new(&Config::default(), 1, network.clone());
        let app = App { name: "app".into(), id: "net.example".into(), vendor: "Example".into(), version: "1".into() };
        let accounts = [state.account().unwrap().clone(), state.log_in_new_account()];
        let sessions = accounts.map(|account| {
            let permissions = vec![Permission::SafeDriveAccess];
            state.sessions.open(&account, app.clone(), permissions, &mut state.rng)
        });
        let mut models = [Trees::new(), Trees::new()];
        for (second, (who, root, operation)) in (1..).zip(&operations) {
            let outcome = apply(&mut state, &sessions[*who], *root, operation, Duration::from_secs(second));
            let before = models[*who].clone();
            prop_assert_eq!(outcome, models[*who].apply(*root, operation), "{:?} on {:?}", operation, before);
            if outcome.is_err() {
                prop_assert_eq!(&before, &models[*who]);
            }
        }
        for (session, model) in sessions.iter().zip(&models) {
            for root in [Root::App, Root::Drive] {
                prop_assert_eq!(&seen(&mut state, session, root, &[]), &model.0[index(root)]);
            }
        }
        // The bytes that the store counts are those of its records.
        let store = network.lock();
        let counted: usize = store.records_behind(None).map(|(_, record)| record.cost()).sum();
        prop_assert_eq!(store.bytes(), counted);
        for (id, record) in store.records_behind(None) {
            if let Record::Directory(directory) = record {
                prop_assert_eq!(directory.id, *id);
                prop_assert_eq!(directory.held_bytes(), directory.copy(DataName([0; 32]), *id).held_bytes() + listed(directory));
            }
        }
    }
}

/// What the entries for sub-directories take, of which a copy has none.
fn listed(directory: &crate::network::Directory) -> usize {
    directory.directories().iter().map(|(name, _)| crate::network::Directory::directory_bytes(name)).sum()
}
