//! The store, tested against a small model of it.

use std::collections::BTreeMap;

use ed25519_dalek::SigningKey;
use proptest::prelude::*;
use proptest::sample::select;

use super::{DataName, MutationError, ReadContext, Store, StructuredData, TypeTag};

/// What is stored under a name.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Stored {
    Live { owner: u8, version: u64 },
    Deleted { version: u64 },
    Unclaimable { version: u64 },
}

#[derive(Debug, Clone, Copy)]
enum Write {
    Put,
    Post,
    Delete,
    Unclaim,
}

#[derive(Debug, Clone)]
struct Operation {
    write: Write,
    account: u8,
    name: u8,
    /// The version of the snapshot that is saved.
    version: u64,
}

fn operation() -> impl Strategy<Value = Operation> {
    let write = select(vec![Write::Put, Write::Post, Write::Delete, Write::Unclaim]);
    (write, 0..3_u8, 0..2_u8, 0..4_u64).prop_map(|(write, account, name, version)| Operation {
        write,
        account,
        name,
        version,
    })
}

#[derive(Debug, Default)]
struct Model(BTreeMap<u8, Stored>);

impl Model {
    /// The result matrix of the launcher's behaviour, §7.15.
    fn apply(&mut self, op: &Operation) -> Result<(), MutationError> {
        let next = op.version + 1;
        let stored = self.0.get(&op.name).copied();
        let after = match (op.write, stored) {
            (Write::Put, None) => Stored::Live { owner: op.account, version: op.version },
            (Write::Put, Some(Stored::Deleted { version })) if op.version == version + 1 => {
                Stored::Live { owner: op.account, version: op.version }
            }
            (Write::Put, Some(Stored::Deleted { .. })) => return Err(MutationError::InvalidSuccessor),
            (Write::Put, Some(_)) => return Err(MutationError::DataExists),
            (_, None) => return Err(MutationError::NoSuchData),
            (_, Some(Stored::Deleted { .. })) => return Err(MutationError::InvalidOperation),
            (write, Some(Stored::Live { owner, version })) if owner == op.account && op.version == version => {
                match write {
                    Write::Post | Write::Put => Stored::Live { owner, version: next },
                    Write::Delete => Stored::Deleted { version: next },
                    Write::Unclaim => Stored::Unclaimable { version: next },
                }
            }
            (_, Some(_)) => return Err(MutationError::InvalidSuccessor),
        };
        self.0.insert(op.name, after);
        Ok(())
    }
}

fn key(account: u8) -> SigningKey {
    SigningKey::from_bytes(&[account + 1; 32])
}

fn apply(store: &mut Store, op: &Operation) -> Result<(), MutationError> {
    let key = key(op.account);
    let name = DataName([op.name; 32]);
    let snapshot = StructuredData::new(TypeTag::UNVERSIONED, name, vec![op.account], op.version, &key);
    match op.write {
        Write::Put => store.put(snapshot),
        Write::Post => store.post(snapshot.successor(&key).unwrap()),
        Write::Delete => store.delete(snapshot.emptied(&key).unwrap()),
        Write::Unclaim => store.post(snapshot.unclaimable(&key).unwrap()),
    }
}

fn stored(store: &Store, name: u8) -> Option<Stored> {
    let data = store.get_structured(DataName([name; 32]), TypeTag::UNVERSIONED, ReadContext::default()).ok()?;
    let version = data.version;
    let owner =
        (0..3).find(|account| data.owners.iter().any(|owner| owner.0 == key(*account).verifying_key().to_bytes()));
    Some(match owner {
        Some(owner) => Stored::Live { owner, version },
        None if data.is_deleted() => Stored::Deleted { version },
        None => Stored::Unclaimable { version },
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn any_order_of_writes_by_several_accounts_follows_the_model(
        operations in proptest::collection::vec(operation(), 1..40),
    ) {
        let mut store = Store::new(usize::MAX);
        let mut model = Model::default();
        for op in &operations {
            let before = stored(&store, op.name);
            let outcome = apply(&mut store, op);
            prop_assert_eq!(outcome, model.apply(op), "{:?} on {:?}", op, before);
            prop_assert_eq!(stored(&store, op.name), model.0.get(&op.name).copied());
        }
    }
}
