//! Structured data: a versioned, owned and signed piece of content under a name.
//!
//! Owns the serialised form, the signature and the rule by which one version may follow another. It knows no caller and
//! no store.

use bytes::Bytes;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};

use super::bytes::{Reader, Undecodable, Writer};
use super::data_id::{DataId, DataName, TypeTag};

/// The public Ed25519 key of an account: an owner of structured data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicKey(pub [u8; 32]);

impl PublicKey {
    /// The owner of unclaimable data: nobody can sign for it.
    pub const NOBODY: Self = Self([0; 32]);

    /// Its serialised form: the length and the bytes (wider behaviour §4).
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::with_capacity(40);
        writer.sequence(&self.0);
        writer.finish()
    }

    /// Decodes the serialised form.
    ///
    /// # Errors
    /// The bytes end early, or say another length.
    pub fn decode(bytes: &[u8]) -> Result<Self, Undecodable> {
        Reader::new(bytes).sized_sequence().map(Self)
    }
}

/// The largest serialised size that the original network accepted, in bytes (launcher behaviour §7.10).
pub const SERIALISED_BYTES_MAX: usize = 102_400;

/// One structured data, as stored or as held behind a handle.
#[derive(Debug, Clone)]
pub struct StructuredData {
    /// Its type.
    pub tag: TypeTag,
    /// Its name.
    pub name: DataName,
    /// The content, as stored in the network.
    pub content: Bytes,
    /// Increases by one with each change in the network.
    pub version: u64,
    /// The keys that may change it, sorted and unique: none if deleted, [`PublicKey::NOBODY`] if unclaimable.
    pub owners: Vec<PublicKey>,
    /// The signatures of this version.
    pub signatures: Signatures,
}

/// The signatures of one version.
///
/// To make one takes longer than everything else that a launcher does with a request, and it is needed only when the
/// data is serialised. So it is deferred until then: Ed25519 is deterministic, so the bytes are the same.
#[derive(Debug, Clone)]
pub enum Signatures {
    /// As decoded, in the order of their keys.
    Given(Vec<(PublicKey, [u8; 64])>),
    /// One signature by this key, made when it is read.
    Deferred(Box<SigningKey>),
}

impl Signatures {
    /// Those that were decoded, of which each key has one.
    pub fn given(mut signatures: Vec<(PublicKey, [u8; 64])>) -> Self {
        signatures.sort_by_key(|(signer, _)| *signer);
        signatures.dedup_by_key(|(signer, _)| *signer);
        signatures.shrink_to_fit();
        Self::Given(signatures)
    }

    /// How many bytes they hold.
    pub fn held_bytes(&self) -> usize {
        match self {
            Self::Given(signatures) => size_of_val(signatures.as_slice()),
            Self::Deferred(_) => size_of::<SigningKey>(),
        }
    }

    /// Reads signatures with their keys.
    ///
    /// # Errors
    /// The bytes end early, or a key or signature has a wrong length.
    pub fn read(reader: &mut Reader<'_>) -> Result<Self, Undecodable> {
        let mut signatures = Vec::new();
        for _ in 0..reader.number()? {
            signatures.push((PublicKey(reader.sized_sequence()?), reader.sized_sequence()?));
        }
        Ok(Self::given(signatures))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Given(signatures) => signatures.len(),
            Self::Deferred(_) => 1,
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl StructuredData {
    /// A first version, owned and signed by `key`.
    pub fn new(tag: TypeTag, name: DataName, content: impl Into<Bytes>, version: u64, key: &SigningKey) -> Self {
        let owners = vec![PublicKey(key.verifying_key().to_bytes())];
        let signatures = Signatures::Deferred(Box::new(key.clone()));
        Self { tag, name, content: content.into(), version, owners, signatures }
    }

    /// How many bytes it holds beside its own fields: content, owners and signatures, of which crafted bytes can have
    /// many.
    pub fn held_bytes(&self) -> usize {
        self.content.len() + size_of_val(self.owners.as_slice()) + self.signatures.held_bytes()
    }

    /// Its data id.
    pub fn data_id(&self) -> DataId {
        DataId::Structured(self.name, self.tag)
    }

    /// Replaces all signatures by that of `key`.
    pub fn sign(&mut self, key: &SigningKey) {
        self.signatures = Signatures::Deferred(Box::new(key.clone()));
    }

    /// The signatures, in the order of their keys.
    pub fn signatures(&self) -> Vec<(PublicKey, [u8; 64])> {
        match &self.signatures {
            Signatures::Given(signatures) => signatures.clone(),
            Signatures::Deferred(key) => {
                vec![(PublicKey(key.verifying_key().to_bytes()), key.sign(&self.signed_bytes()).to_bytes())]
            }
        }
    }

    /// The next version with the same content and owners, signed by `key`; `None` where no higher version exists.
    pub fn successor(&self, key: &SigningKey) -> Option<Self> {
        self.succeed_with(self.content.clone(), self.owners.clone(), key)
    }

    /// The next version without content, which a deletion signs.
    pub fn emptied(&self, key: &SigningKey) -> Option<Self> {
        self.succeed_with(Bytes::new(), self.owners.clone(), key)
    }

    /// The next version without content, which nobody can change again.
    pub fn unclaimable(&self, key: &SigningKey) -> Option<Self> {
        self.succeed_with(Bytes::new(), vec![PublicKey::NOBODY], key)
    }

    fn succeed_with(&self, content: Bytes, owners: Vec<PublicKey>, key: &SigningKey) -> Option<Self> {
        let version = self.version.checked_add(1)?;
        let signatures = Signatures::Deferred(Box::new(key.clone()));
        Some(Self { tag: self.tag, name: self.name, content, version, owners, signatures })
    }

    /// The record after a deletion: the name, the tag, and the version that the next claim must follow.
    #[must_use]
    pub fn into_tombstone(self) -> Self {
        let signatures = Signatures::Given(Vec::new());
        Self { content: Bytes::new(), owners: Vec::new(), signatures, ..self }
    }

    /// Whether it is deleted: without content, owners and signatures (launcher behaviour §5.1).
    pub fn is_deleted(&self) -> bool {
        self.content.is_empty() && self.owners.is_empty() && self.signatures.is_empty()
    }

    /// Whether `key` is among the owners.
    pub fn is_owned_by(&self, key: &PublicKey) -> bool {
        self.owners.contains(key)
    }

    /// Whether `candidate` may replace `self` (launcher behaviour §5.3).
    pub fn accepts(&self, candidate: &Self) -> bool {
        let one_owner_at_most = candidate.owners.len() <= 1 && candidate.signatures.len() <= 1;
        let claimable = !self.owners.contains(&PublicKey::NOBODY);
        let follows = candidate.tag == self.tag
            && candidate.name == self.name
            && self.version.checked_add(1) == Some(candidate.version);
        let signed_by_enough = candidate.signatures.len() >= self.owners.len().div_ceil(2);
        one_owner_at_most
            && claimable
            && follows
            && signed_by_enough
            && candidate
                .signatures()
                .iter()
                .all(|(signer, signature)| self.owners.contains(signer) && candidate.is_signed_with(signer, signature))
    }

    fn is_signed_with(&self, signer: &PublicKey, signature: &[u8; 64]) -> bool {
        VerifyingKey::from_bytes(&signer.0)
            .is_ok_and(|key| key.verify_strict(&self.signed_bytes(), &Signature::from_bytes(signature)).is_ok())
    }

    /// The bytes that a signature covers (launcher behaviour §5.3): the two numbers are decimal text.
    fn signed_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::with_capacity(128 + self.content.len());
        writer
            .sequence(self.tag.0.to_string().as_bytes())
            .raw(&self.name.0)
            .sequence(&self.content)
            .sequence(self.version.to_string().as_bytes())
            .number(self.owners.len() as u64);
        for owner in &self.owners {
            writer.sequence(&owner.0);
        }
        writer.finish()
    }

    /// Its serialised form (launcher behaviour §5.5).
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::with_capacity(self.encoded_len());
        writer.number(self.tag.0).raw(&self.name.0).sequence(&self.content).number(self.version);
        writer.number(self.owners.len() as u64);
        for owner in &self.owners {
            writer.sequence(&owner.0);
        }
        writer.number(self.signatures.len() as u64);
        for (signer, signature) in self.signatures() {
            writer.sequence(&signer.0).sequence(&signature);
        }
        writer.finish()
    }

    /// The size of the serialised form, in bytes.
    pub fn encoded_len(&self) -> usize {
        72 + self.content.len() + 40 * self.owners.len() + 112 * self.signatures.len()
    }

    /// Decodes the serialised form. Neither signature nor size is checked, as in the original launcher (§7.9).
    ///
    /// # Errors
    /// The bytes end early, or a key or signature has a wrong length.
    pub fn decode(bytes: &[u8]) -> Result<Self, Undecodable> {
        let mut reader = Reader::new(bytes);
        let tag = TypeTag(reader.number()?);
        let name = DataName(reader.array()?);
        let content = Bytes::copy_from_slice(reader.sequence()?);
        let version = reader.number()?;
        let (owners, signatures) = (read_owners(&mut reader)?, Signatures::read(&mut reader)?);
        Ok(Self { tag, name, content, version, owners, signatures })
    }
}

/// Reads owners: sorted, each once.
///
/// # Errors
/// The bytes end early, or a key has a wrong length.
pub fn read_owners(reader: &mut Reader<'_>) -> Result<Vec<PublicKey>, Undecodable> {
    let mut owners = Vec::new();
    for _ in 0..reader.number()? {
        owners.push(PublicKey(reader.sized_sequence()?));
    }
    owners.sort_unstable();
    owners.dedup();
    owners.shrink_to_fit();
    Ok(owners)
}

/// A deferred signature equals the signature that will be made.
impl PartialEq for StructuredData {
    fn eq(&self, other: &Self) -> bool {
        (self.tag, self.name, self.version) == (other.tag, other.name, other.version)
            && (&self.content, &self.owners) == (&other.content, &other.owners)
            && self.signatures() == other.signatures()
    }
}

impl Eq for StructuredData {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(seed: u8) -> SigningKey {
        SigningKey::from_bytes(&[seed; 32])
    }

    fn stored() -> StructuredData {
        StructuredData::new(TypeTag::UNVERSIONED, DataName([1; 32]), b"content".to_vec(), 4, &key(1))
    }

    #[test]
    fn one_owner_and_one_signature_add_224_bytes_to_the_content() {
        let data = stored();
        assert_eq!(data.encode().len(), 224 + data.content.len());
        assert_eq!(data.encoded_len(), data.encode().len());
    }

    #[test]
    fn the_owners_next_version_is_accepted() {
        assert!(stored().accepts(&stored().successor(&key(1)).unwrap()));
        assert!(stored().accepts(&stored().unclaimable(&key(1)).unwrap()));
    }

    #[test]
    fn another_accounts_version_is_refused() {
        assert!(!stored().accepts(&stored().successor(&key(2)).unwrap()));
    }

    #[test]
    fn a_skipped_or_repeated_version_is_refused() {
        let next = stored().successor(&key(1)).unwrap();
        assert!(!stored().accepts(&next.successor(&key(1)).unwrap()));
        assert!(!stored().accepts(&stored()));
    }

    #[test]
    fn a_changed_content_under_an_old_signature_is_refused() {
        let mut next = stored().successor(&key(1)).unwrap();
        next.signatures = Signatures::Given(next.signatures());
        assert!(stored().accepts(&next));
        next.content = b"another content".to_vec().into();
        assert!(!stored().accepts(&next));
    }

    #[test]
    fn nobody_follows_unclaimable_data() {
        let unclaimable = stored().unclaimable(&key(1)).unwrap();
        assert!(!unclaimable.accepts(&unclaimable.successor(&key(1)).unwrap()));
    }

    #[test]
    fn the_last_version_has_no_successor() {
        let mut data = stored();
        data.version = u64::MAX;
        assert_eq!(data.successor(&key(1)), None);
    }

    proptest! {
        #[test]
        fn every_structured_data_survives_serialisation(tag: u64, name: [u8; 32], content: Vec<u8>, version: u64, seed: u8) {
            let data = StructuredData::new(TypeTag(tag), DataName(name), content, version, &key(seed));
            prop_assert_eq!(StructuredData::decode(&data.encode()), Ok(data.clone()));
            let tombstone = data.into_tombstone();
            prop_assert!(tombstone.is_deleted());
            prop_assert_eq!(StructuredData::decode(&tombstone.encode()), Ok(tombstone));
        }

        #[test]
        fn any_bytes_decode_or_are_refused(bytes: Vec<u8>) {
            if let Ok(data) = StructuredData::decode(&bytes) {
                prop_assert_eq!(StructuredData::decode(&data.encode()), Ok(data));
            }
        }
    }
}
