//! Appendable data: a named list of pointers to which others may append, and which its owner curates.
//!
//! Owns the serialised form, the signature and the rules by which a version follows another and an item is appended. It knows
//! no caller and no store.

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};

use super::bytes::{Reader, Undecodable, Writer};
use super::data_id::{DataId, DataName};
use super::encrypt_key::EncryptKey;
use super::filter::Filter;
use super::item::Item;
use super::item_set::ItemSet;
use super::structured_data::{PublicKey, Signatures, read_owners};

/// One appendable data, as stored or as held behind a handle.
#[derive(Debug, Clone)]
pub struct AppendableData {
    /// Its name.
    pub name: DataName,
    /// Increases by one with each version that its owner stores; an appended item changes no version.
    pub version: u64,
    /// Who may append.
    pub filter: Filter,
    /// The key for which items are sealed, if it is private.
    pub encrypt_key: Option<EncryptKey>,
    /// The keys that may change it, sorted and unique.
    pub owners: Vec<PublicKey>,
    /// The signatures of this version: of everything but the items.
    pub signatures: Signatures,
    /// The items.
    pub items: ItemSet,
    /// The items that its owner removed, which nobody can append again.
    pub deleted: ItemSet,
}

/// An item that is to be appended.
#[derive(Debug)]
pub struct Append {
    /// The appendable data.
    pub to: DataId,
    /// Its version, as the caller knows it.
    pub version: u64,
    /// The key of the account that appends.
    pub signer: PublicKey,
    /// The item.
    pub item: Item,
}

impl AppendableData {
    /// A first version without items, owned and signed by `key`; private if there is a key to seal for.
    pub fn new(name: DataName, encrypt_key: Option<EncryptKey>, key: &SigningKey) -> Self {
        Self {
            name,
            version: 0,
            filter: Filter::default(),
            encrypt_key,
            owners: vec![PublicKey(key.verifying_key().to_bytes())],
            signatures: Signatures::Deferred(Box::new(key.clone())),
            items: ItemSet::default(),
            deleted: ItemSet::default(),
        }
    }

    /// Its data id.
    pub fn data_id(&self) -> DataId {
        match self.encrypt_key {
            None => DataId::PublicAppendable(self.name),
            Some(_) => DataId::PrivateAppendable(self.name),
        }
    }

    /// Whether `key` is among the owners.
    pub fn is_owned_by(&self, key: &PublicKey) -> bool {
        self.owners.contains(key)
    }

    /// How many bytes it holds beside its own fields.
    pub fn held_bytes(&self) -> usize {
        self.items.held_bytes()
            + self.deleted.held_bytes()
            + self.filter.held_bytes()
            + size_of_val(self.owners.as_slice())
            + self.signatures.held_bytes()
    }

    /// The next version, signed by `key`: with the filter, the deleted items and the owners of this one, and no items. `None` where no
    /// higher version exists.
    pub fn successor(&self, key: &SigningKey) -> Option<Self> {
        Some(Self {
            version: self.version.checked_add(1)?,
            signatures: Signatures::Deferred(Box::new(key.clone())),
            items: ItemSet::default(),
            ..self.clone()
        })
    }

    /// Whether `candidate` may follow `self` (wider behaviour §1.9).
    pub fn accepts(&self, candidate: &Self) -> bool {
        candidate.owners.len() <= 1
            && candidate.data_id() == self.data_id()
            && self.version.checked_add(1) == Some(candidate.version)
            && candidate.is_signed_by_owners(&self.owners)
    }

    fn is_signed_by_owners(&self, owners: &[PublicKey]) -> bool {
        if self.signatures.len() > 1 || self.signatures.len() < owners.len().div_ceil(2) {
            return false;
        }
        match &self.signatures {
            // A signature that this key has yet to make is valid. To make and check it would read all deleted items.
            Signatures::Deferred(key) => owners.contains(&PublicKey(key.verifying_key().to_bytes())),
            Signatures::Given(signatures) => signatures.iter().all(|(signer, signature)| {
                owners.contains(signer) && is_signed_with(&self.signed_bytes(), signer, signature)
            }),
        }
    }

    /// What is stored after `self`, once it has accepted `candidate`: the items stay, but for the deleted ones (wider
    /// behaviour §3.3).
    #[must_use]
    pub fn followed_by(&self, mut candidate: Self) -> Self {
        let mut items = self.items.clone();
        for item in candidate.items.iter() {
            items.insert(item.clone());
        }
        for item in candidate.deleted.iter() {
            items.remove(item);
        }
        candidate.items = items;
        candidate
    }

    /// Whether an item may be appended: by the version, the filter, and what was appended before (wider behaviour §1.9).
    pub fn admits(&self, append: &Append) -> bool {
        append.version == self.version
            && self.filter.admits(&append.signer)
            && !self.items.contains(&append.item)
            && !self.deleted.contains(&append.item)
    }

    /// The bytes that a signature covers: everything but the items (wider behaviour §3.1).
    fn signed_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::with_capacity(self.encoded_len());
        self.write_signed(&mut writer);
        writer.finish()
    }

    fn write_signed(&self, writer: &mut Writer) {
        writer.raw(&self.name.0).number(self.version);
        self.filter.write(writer);
        if let Some(key) = self.encrypt_key {
            writer.sequence(&key.0);
        }
        write_items(&self.deleted, writer);
        writer.number(self.owners.len() as u64);
        for owner in &self.owners {
            writer.sequence(&owner.0);
        }
    }

    /// The signatures, in the order of their keys.
    fn given_signatures(&self) -> Vec<(PublicKey, [u8; 64])> {
        match &self.signatures {
            Signatures::Given(signatures) => signatures.clone(),
            Signatures::Deferred(key) => {
                vec![(PublicKey(key.verifying_key().to_bytes()), key.sign(&self.signed_bytes()).to_bytes())]
            }
        }
    }

    /// Its serialised form, which has all items (wider behaviour §3.2).
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::with_capacity(self.encoded_len());
        self.write_signed(&mut writer);
        writer.number(self.signatures.len() as u64);
        for (signer, signature) in self.given_signatures() {
            writer.sequence(&signer.0).sequence(&signature);
        }
        write_items(&self.items, &mut writer);
        writer.finish()
    }

    /// The size of the serialised form, in bytes.
    pub fn encoded_len(&self) -> usize {
        let sealed_for = if self.encrypt_key.is_some() { 40 } else { 0 };
        let counts = 4 * 8;
        32 + 8
            + self.filter.encoded_len()
            + sealed_for
            + counts
            + self.deleted.encoded_len()
            + 40 * self.owners.len()
            + 112 * self.signatures.len()
            + self.items.encoded_len()
    }

    /// Decodes the serialised form: as private data, else as public (wider behaviour §3.7). No signature is checked.
    ///
    /// # Errors
    /// The bytes are neither.
    pub fn decode(bytes: &[u8]) -> Result<Self, Undecodable> {
        Self::read(&mut Reader::new(bytes), true).or_else(|_| Self::read(&mut Reader::new(bytes), false))
    }

    fn read(reader: &mut Reader<'_>, is_private: bool) -> Result<Self, Undecodable> {
        let name = DataName(reader.array()?);
        let version = reader.number()?;
        let filter = Filter::read(reader)?;
        let encrypt_key = if is_private { Some(EncryptKey(reader.sized_sequence()?)) } else { None };
        let deleted = read_items(reader, is_private)?;
        let (owners, signatures) = (read_owners(reader)?, Signatures::read(reader)?);
        let items = read_items(reader, is_private)?;
        Ok(Self { name, version, filter, encrypt_key, owners, signatures, items, deleted })
    }
}

/// A deferred signature equals the signature that will be made.
impl PartialEq for AppendableData {
    fn eq(&self, other: &Self) -> bool {
        (self.name, self.version, &self.filter) == (other.name, other.version, &other.filter)
            && (self.encrypt_key, &self.owners) == (other.encrypt_key, &other.owners)
            && (&self.items, &self.deleted) == (&other.items, &other.deleted)
            && self.given_signatures() == other.given_signatures()
    }
}

impl Eq for AppendableData {}

fn write_items(items: &ItemSet, writer: &mut Writer) {
    writer.number(items.len() as u64);
    for item in items.iter() {
        item.write(writer);
    }
}

fn read_items(reader: &mut Reader<'_>, is_private: bool) -> Result<ItemSet, Undecodable> {
    let mut items = ItemSet::default();
    for _ in 0..reader.number()? {
        items.insert(Item::read(reader, is_private)?);
    }
    Ok(items)
}

fn is_signed_with(bytes: &[u8], signer: &PublicKey, signature: &[u8; 64]) -> bool {
    VerifyingKey::from_bytes(&signer.0)
        .is_ok_and(|key| key.verify_strict(bytes, &Signature::from_bytes(signature)).is_ok())
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use proptest::prelude::*;

    use super::super::data_id::TypeTag;
    use super::super::item::Appended;
    use super::*;

    fn key(seed: u8) -> SigningKey {
        SigningKey::from_bytes(&[seed; 32])
    }

    fn structured(byte: u8) -> DataId {
        DataId::Structured(DataName([byte; 32]), TypeTag::UNVERSIONED)
    }

    fn public_item(byte: u8, seed: u8) -> Item {
        Item::Public(Appended::new(structured(byte), &key(seed)))
    }

    fn public() -> AppendableData {
        AppendableData::new(DataName([9; 32]), None, &key(1))
    }

    fn private() -> AppendableData {
        AppendableData::new(DataName([9; 32]), Some(EncryptKey([5; 32])), &key(1))
    }

    fn append(item: Item, version: u64, seed: u8) -> Append {
        let signer = PublicKey(key(seed).verifying_key().to_bytes());
        Append { to: public().data_id(), version, signer, item }
    }

    #[test]
    fn the_serialised_form_has_the_sizes_of_the_original_network() {
        assert_eq!(public().encode().len(), 236);
        assert_eq!(private().encode().len(), 276);
        let mut full = public();
        full.items = (0..3).map(|byte| public_item(byte, 2)).collect();
        full.deleted = (3..5).map(|byte| public_item(byte, 2)).collect();
        assert_eq!(full.encode().len(), 236 + 5 * 156);
        let mut sealed = private();
        sealed.items = [Item::Private(Bytes::from(vec![7; 156 + 48]))].into_iter().collect();
        assert_eq!(sealed.encode().len(), 276 + 212);
        for data in [public(), private(), full, sealed] {
            assert_eq!(data.encoded_len(), data.encode().len());
        }
    }

    #[test]
    fn only_the_owners_next_version_is_accepted() {
        let stored = public();
        assert!(stored.accepts(&stored.successor(&key(1)).unwrap()));
        assert!(!stored.accepts(&stored.successor(&key(2)).unwrap()), "another account");
        assert!(!stored.accepts(&stored), "the same version");
        let next = stored.successor(&key(1)).unwrap();
        assert!(!stored.accepts(&next.successor(&key(1)).unwrap()), "a version too far");
        assert!(!stored.accepts(&private().successor(&key(1)).unwrap()), "another kind");
        let mut last = public();
        last.version = u64::MAX;
        assert_eq!(last.successor(&key(1)), None);
    }

    #[test]
    fn a_given_signature_must_be_that_of_the_version() {
        let stored = public();
        let mut next = stored.successor(&key(1)).unwrap();
        next.signatures = Signatures::Given(next.given_signatures());
        assert!(stored.accepts(&next));
        next.items.insert(public_item(1, 1));
        assert!(stored.accepts(&next), "items are not signed");
        next.deleted.insert(public_item(2, 1));
        assert!(!stored.accepts(&next), "deleted items are");
        next.signatures = Signatures::Given(Vec::new());
        assert!(!stored.accepts(&next), "no signature");
    }

    #[test]
    fn a_successor_leaves_the_items_that_it_does_not_delete() {
        let mut stored = public();
        stored.items = (0..4).map(|byte| public_item(byte, 2)).collect();
        let mut copy = stored.clone();
        let removed = copy.items.take(1).unwrap();
        copy.deleted.insert(removed.clone());
        stored.items.insert(public_item(8, 3));
        let next = stored.followed_by(copy.successor(&key(1)).unwrap());
        assert_eq!((next.version, next.items.len(), next.deleted.len()), (1, 4, 1));
        assert!(!next.items.contains(&removed) && next.items.contains(&public_item(8, 3)));
    }

    #[test]
    fn version_filter_and_what_was_appended_before_decide_whether_an_item_is_admitted() {
        let mut stored = public();
        assert!(stored.admits(&append(public_item(1, 2), 0, 2)));
        assert!(!stored.admits(&append(public_item(1, 2), 1, 2)), "another version");
        stored.items.insert(public_item(1, 2));
        assert!(!stored.admits(&append(public_item(1, 2), 0, 2)), "the same item again");
        assert!(stored.admits(&append(public_item(1, 3), 0, 3)), "the same pointer of another account");
        let item = stored.items.take(0).unwrap();
        stored.deleted.insert(item);
        assert!(!stored.admits(&append(public_item(1, 2), 0, 2)), "a deleted item");
        stored.filter.insert(PublicKey(key(2).verifying_key().to_bytes()));
        assert!(!stored.admits(&append(public_item(2, 2), 0, 2)), "on the black list");
        stored.filter.toggle();
        assert!(!stored.admits(&append(public_item(2, 1), 0, 1)), "an owner who is not on the white list");
    }

    proptest! {
        #[test]
        fn all_appendable_data_survives_serialisation(
            version: u64,
            name: [u8; 32],
            sealed in prop::option::of(any::<[u8; 32]>()),
            bytes in prop::collection::vec(any::<u8>(), 0..6),
            toggled: bool,
        ) {
            let mut data = AppendableData::new(DataName(name), sealed.map(EncryptKey), &key(3));
            data.version = version;
            if toggled {
                data.filter.toggle();
            }
            let item = |byte: u8| match sealed {
                None => public_item(byte, 4),
                Some(_) => Item::Private(Bytes::from(vec![byte; usize::from(byte % 5)])),
            };
            for byte in bytes {
                data.filter.insert(PublicKey([byte; 32]));
                data.items.insert(item(byte));
                data.deleted.insert(item(byte ^ 1));
            }
            prop_assert_eq!(AppendableData::decode(&data.encode()), Ok(data));
        }

        #[test]
        fn any_bytes_decode_or_are_refused(bytes: Vec<u8>, cut: prop::sample::Index, place: prop::sample::Index) {
            let _either = AppendableData::decode(&bytes);
            let mut whole = private().encode();
            let cut = cut.index(whole.len());
            prop_assert_eq!(AppendableData::decode(&whole[..cut]), Err(Undecodable));
            let place = place.index(whole.len());
            whole[place] ^= 0xff;
            let _either = AppendableData::decode(&whole);
        }
    }
}
