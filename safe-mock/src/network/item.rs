//! The items of appendable data: pointers to other data, signed by the account that appended them.

use bytes::Bytes;
use ed25519_dalek::{Signer, SigningKey};

use super::bytes::{Reader, Undecodable, Writer};
use super::data_id::DataId;
use super::structured_data::PublicKey;

/// How many bytes an item takes in memory beside its sealed bytes: the list that it is in has room for a third more.
const ITEM_BYTES: usize = size_of::<Item>() * 4 / 3;

/// An item in the clear. Items are ordered as in the network: by pointer, then signer, then signature (wider behaviour §3.1).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Appended {
    /// The data id that was appended.
    pub pointer: DataId,
    /// The key of the account that appended it.
    pub signer: PublicKey,
    /// Its signature of both.
    pub signature: [u8; 64],
}

impl Appended {
    /// An item of the account with this key. The same pointer and key give the same item, since Ed25519 is deterministic.
    pub fn new(pointer: DataId, key: &SigningKey) -> Self {
        let signer = PublicKey(key.verifying_key().to_bytes());
        let mut writer = Writer::with_capacity(pointer.encoded_len() + 40);
        pointer.write(&mut writer);
        writer.sequence(&signer.0);
        let signature = key.sign(&writer.finish()).to_bytes();
        Self { pointer, signer, signature }
    }

    /// Its serialised form: 156 bytes for a pointer to structured data, else 148 (wider behaviour §3.2).
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::with_capacity(self.encoded_len());
        self.write(&mut writer);
        writer.finish()
    }

    fn encoded_len(&self) -> usize {
        self.pointer.encoded_len() + 112
    }

    fn write(&self, writer: &mut Writer) {
        self.pointer.write(writer);
        writer.sequence(&self.signer.0).sequence(&self.signature);
    }

    /// Decodes the serialised form. The signature is not checked, as in the original network (wider behaviour §12).
    ///
    /// # Errors
    /// The bytes end early, or a length or the kind of the pointer is wrong.
    pub fn decode(bytes: &[u8]) -> Result<Self, Undecodable> {
        Self::read(&mut Reader::new(bytes))
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, Undecodable> {
        let pointer = DataId::read(reader)?;
        Ok(Self { pointer, signer: PublicKey(reader.sized_sequence()?), signature: reader.sized_sequence()? })
    }
}

/// An item as it is stored. One appendable data has items of one kind.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Item {
    /// Of public appendable data.
    Public(Appended),
    /// Of private appendable data: the serialised item, sealed for one app.
    Private(Bytes),
}

impl Item {
    /// The size of the serialised form, in bytes.
    pub fn encoded_len(&self) -> usize {
        match self {
            Self::Public(item) => item.encoded_len(),
            Self::Private(sealed) => 8 + sealed.len(),
        }
    }

    /// How many bytes it holds in memory.
    pub fn held_bytes(&self) -> usize {
        match self {
            Self::Public(_) => ITEM_BYTES,
            Self::Private(sealed) => ITEM_BYTES + sealed.len(),
        }
    }

    /// Appends the serialised form.
    pub fn write(&self, writer: &mut Writer) {
        match self {
            Self::Public(item) => item.write(writer),
            Self::Private(sealed) => {
                writer.sequence(sealed);
            }
        }
    }

    /// Reads the serialised form of an item of public or of private appendable data.
    ///
    /// # Errors
    /// As [`Appended::decode`].
    pub fn read(reader: &mut Reader<'_>, is_private: bool) -> Result<Self, Undecodable> {
        if is_private {
            Ok(Self::Private(Bytes::copy_from_slice(reader.sequence()?)))
        } else {
            Ok(Self::Public(Appended::read(reader)?))
        }
    }
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signature, VerifyingKey};

    use super::super::data_id::{DataName, TypeTag};
    use super::*;

    fn key(seed: u8) -> SigningKey {
        SigningKey::from_bytes(&[seed; 32])
    }

    #[test]
    fn items_have_the_sizes_of_the_original_network() {
        let name = DataName([1; 32]);
        assert_eq!(Appended::new(DataId::Structured(name, TypeTag::UNVERSIONED), &key(1)).encode().len(), 156);
        assert_eq!(Appended::new(DataId::Immutable(name), &key(1)).encode().len(), 148);
    }

    #[test]
    fn an_item_is_signed_by_its_account_and_equal_to_the_next_of_the_same_pointer() {
        let item = Appended::new(DataId::Immutable(DataName([1; 32])), &key(1));
        assert_eq!(item, Appended::new(item.pointer, &key(1)));
        assert_ne!(item, Appended::new(item.pointer, &key(2)));
        let signed = &item.encode()[..36 + 40];
        let verifying = VerifyingKey::from_bytes(&item.signer.0).unwrap();
        assert!(verifying.verify_strict(signed, &Signature::from_bytes(&item.signature)).is_ok());
    }
}
