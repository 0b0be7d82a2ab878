//! Long names: which directory each service of a name has (wider behaviour §7.1).
//!
//! A long name is the content of structured data of its own type, under the hash of the name. So it is owned, versioned and deleted
//! as any structured data is.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::bytes::{Reader, Undecodable, Writer};
use super::data_id::{DataName, TypeTag};

/// The most bytes that a long name takes with its services.
pub const LONG_NAME_BYTES_MAX: usize = 1 << 20;

/// The directory of a service. It is named by its id, so that the service keeps it when it is moved or renamed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Home {
    /// The directory.
    pub id: DataName,
    /// Whether it was private when the service was added.
    pub is_private: bool,
}

/// A long name with its services.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LongName {
    /// The name.
    pub name: String,
    /// The directories, by the names of the services.
    pub services: BTreeMap<String, Home>,
}

impl LongName {
    /// The type of the structured data.
    pub const TAG: TypeTag = TypeTag(5);

    /// A name without services.
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), services: BTreeMap::new() }
    }

    /// The name of the structured data of a long name.
    pub fn record(name: &str) -> DataName {
        DataName(Sha256::digest(name).into())
    }

    /// Its serialised form.
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::default();
        writer.sequence(self.name.as_bytes()).number(self.services.len() as u64);
        for (service, home) in &self.services {
            writer.sequence(service.as_bytes()).raw(&home.id.0).raw(&[u8::from(home.is_private)]);
        }
        writer.finish()
    }

    /// Decodes the serialised form.
    ///
    /// # Errors
    /// The bytes end early, or are no such form; those of a deleted name are empty.
    pub fn decode(bytes: &[u8]) -> Result<Self, Undecodable> {
        let mut reader = Reader::new(bytes);
        let name = text(&mut reader)?;
        let mut services = BTreeMap::new();
        for _ in 0..reader.number()? {
            let service = text(&mut reader)?;
            let id = DataName(reader.array()?);
            let [is_private] = reader.array()?;
            services.insert(service, Home { id, is_private: is_private != 0 });
        }
        Ok(Self { name, services })
    }
}

fn text(reader: &mut Reader<'_>) -> Result<String, Undecodable> {
    String::from_utf8(reader.sequence()?.to_vec()).map_err(|_| Undecodable)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_long_name_survives_serialisation(
            name: String,
            services in proptest::collection::btree_map(any::<String>(), any::<([u8; 32], bool)>(), 0..5),
        ) {
            let home = |(id, is_private)| Home { id: DataName(id), is_private };
            let services = services.into_iter().map(|(service, given)| (service, home(given))).collect();
            let long_name = LongName { name, services };
            prop_assert_eq!(LongName::decode(&long_name.encode()), Ok(long_name));
        }

        #[test]
        fn any_bytes_decode_or_are_refused(bytes: Vec<u8>) {
            if let Ok(long_name) = LongName::decode(&bytes) {
                prop_assert_eq!(LongName::decode(&long_name.encode()), Ok(long_name));
            }
        }
    }

    #[test]
    fn a_deleted_name_does_not_decode() {
        assert_eq!(LongName::decode(&[]), Err(Undecodable));
    }
}
