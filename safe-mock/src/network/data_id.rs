//! Data ids: the name, the kind and the type tag of a record.
//!
//! A data id does not imply that the record exists.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};

use super::bytes::{Reader, Undecodable, Writer};

/// The 32 bytes that name a record. A name has at most one record, of any kind (launcher behaviour §5.1).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DataName(pub [u8; 32]);

impl fmt::Debug for DataName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DataName({self})")
    }
}

impl DataName {
    /// The name that is written as base64; `None` unless that is 32 bytes.
    pub fn parse(text: &str) -> Option<Self> {
        STANDARD.decode(text).ok()?.try_into().ok().map(Self)
    }
}

impl fmt::Display for DataName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode(self.0))
    }
}

/// The type of structured data (launcher behaviour §7.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypeTag(pub u64);

impl TypeTag {
    /// Account packets. The API cannot make one.
    pub const ACCOUNT: Self = Self(0);
    /// One content, replaced by each update.
    pub const UNVERSIONED: Self = Self(500);
    /// A list of contents; each update appends one.
    pub const VERSIONED: Self = Self(501);
    /// The first of the tags that apps may define for themselves.
    pub const FIRST_CUSTOM: Self = Self(15_000);

    /// Whether an app may create structured data of this type.
    pub fn is_creatable(self) -> bool {
        self == Self::UNVERSIONED || self == Self::VERSIONED || self >= Self::FIRST_CUSTOM
    }
}

/// A name with the kind of the record. They are ordered by kind, then by name, then by type tag (wider behaviour §3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DataId {
    /// Structured data of one type tag.
    Structured(DataName, TypeTag),
    /// Immutable data.
    Immutable(DataName),
    /// Appendable data that anyone may read.
    PublicAppendable(DataName),
    /// Appendable data whose items are sealed for one app.
    PrivateAppendable(DataName),
}

impl DataId {
    /// The name alone.
    pub fn name(&self) -> DataName {
        match *self {
            Self::Structured(name, _)
            | Self::Immutable(name)
            | Self::PublicAppendable(name)
            | Self::PrivateAppendable(name) => name,
        }
    }

    /// Its serialised form: 44 bytes for structured data, 36 for the rest (launcher behaviour §5.5).
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::with_capacity(self.encoded_len());
        self.write(&mut writer);
        writer.finish()
    }

    /// The size of the serialised form, in bytes.
    pub fn encoded_len(&self) -> usize {
        if matches!(self, Self::Structured(..)) { 44 } else { 36 }
    }

    /// Appends the serialised form.
    pub fn write(&self, writer: &mut Writer) {
        let index = match self {
            Self::Structured(..) => 0,
            Self::Immutable(_) => 1,
            Self::PublicAppendable(_) => 2,
            Self::PrivateAppendable(_) => 3,
        };
        writer.index(index).raw(&self.name().0);
        if let Self::Structured(_, tag) = self {
            writer.number(tag.0);
        }
    }

    /// Decodes the serialised form.
    ///
    /// # Errors
    /// The bytes end early, or the kind is unknown.
    pub fn decode(bytes: &[u8]) -> Result<Self, Undecodable> {
        Self::read(&mut Reader::new(bytes))
    }

    /// Reads the serialised form, of which more may follow.
    ///
    /// # Errors
    /// As [`DataId::decode`].
    pub fn read(reader: &mut Reader<'_>) -> Result<Self, Undecodable> {
        let index = reader.index()?;
        let name = DataName(reader.array()?);
        match index {
            0 => Ok(Self::Structured(name, TypeTag(reader.number()?))),
            1 => Ok(Self::Immutable(name)),
            2 => Ok(Self::PublicAppendable(name)),
            3 => Ok(Self::PrivateAppendable(name)),
            _ => Err(Undecodable),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_data_id_survives_serialisation(name: [u8; 32], tag: u64) {
            let name = DataName(name);
            for id in [
                DataId::Structured(name, TypeTag(tag)),
                DataId::Immutable(name),
                DataId::PublicAppendable(name),
                DataId::PrivateAppendable(name),
            ] {
                prop_assert_eq!(DataId::decode(&id.encode()), Ok(id));
            }
        }

        #[test]
        fn any_bytes_decode_or_are_refused(bytes: Vec<u8>) {
            if let Ok(id) = DataId::decode(&bytes) {
                prop_assert!(bytes.starts_with(&id.encode()));
            }
        }
    }

    #[test]
    fn structured_data_takes_44_bytes_and_the_other_kinds_36() {
        let name = DataName([7; 32]);
        assert_eq!(DataId::Structured(name, TypeTag::UNVERSIONED).encode().len(), 44);
        assert_eq!(DataId::Immutable(name).encode().len(), 36);
    }
}
