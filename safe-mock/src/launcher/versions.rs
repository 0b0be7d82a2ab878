//! The content of versioned structured data: a list of versions, stored in immutable data (launcher behaviour §5.5).

use super::content::Sealed;
use super::error::LauncherError;
use crate::network::bytes::{Reader, Undecodable, Writer};
use crate::network::{DataName, ImmutableData, Store};

/// The content of structured data of type 501: the name of the list, its length, and the name of its last entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Versions {
    list: DataName,
    count: u64,
    current: DataName,
}

impl Versions {
    /// Stores a first version in the network, now, as the launcher did (launcher behaviour §7.2).
    ///
    /// # Errors
    /// The network refuses.
    pub fn begin(store: &mut Store, first: &Sealed) -> Result<Self, LauncherError> {
        Self::append_to(Vec::new(), store, first)
    }

    /// Stores a further version.
    ///
    /// # Errors
    /// The list is not in the network, or the network refuses.
    pub fn append(self, store: &mut Store, next: &Sealed) -> Result<Self, LauncherError> {
        Self::append_to(self.names(store)?, store, next)
    }

    fn append_to(mut names: Vec<DataName>, store: &mut Store, sealed: &Sealed) -> Result<Self, LauncherError> {
        let content = ImmutableData::new(sealed.encode());
        let current = content.name();
        names.push(current);
        let list = ImmutableData::new(encode_names(&names));
        let versions = Self { list: list.name(), count: names.len() as u64, current };
        store.put_immutable(content)?;
        store.put_immutable(list)?;
        Ok(versions)
    }

    /// How many versions there are.
    pub fn count(self) -> u64 {
        self.count
    }

    /// The content of the last version.
    ///
    /// # Errors
    /// It is not in the network, or damaged.
    pub fn latest(self, store: &Store) -> Result<Sealed, LauncherError> {
        read(store, self.current)
    }

    /// The content of version `index`, counted from 0.
    ///
    /// # Errors
    /// There is no such version, or it is not in the network, or damaged.
    pub fn nth(self, store: &Store, index: u64) -> Result<Sealed, LauncherError> {
        // The original launcher compared with the last index, which a count of 0 does not have: it looked for the list.
        if self.count.checked_sub(1).is_some_and(|last| index > last) {
            return Err(LauncherError::NoSuchVersion);
        }
        let index = usize::try_from(index).map_err(|_| LauncherError::NoSuchVersion)?;
        let name = *self.names(store)?.get(index).ok_or(LauncherError::NoSuchVersion)?;
        read(store, name)
    }

    fn names(self, store: &Store) -> Result<Vec<DataName>, LauncherError> {
        let list = store.get_immutable(self.list)?;
        decode_names(list.value()).map_err(|_| LauncherError::ContentUndecodable)
    }

    /// The 72 bytes that structured data holds.
    pub fn encode(self) -> Vec<u8> {
        let mut writer = Writer::with_capacity(72);
        writer.raw(&self.list.0).number(self.count).raw(&self.current.0);
        writer.finish()
    }

    /// Decodes them.
    ///
    /// # Errors
    /// The content is empty or damaged.
    pub fn decode(content: &[u8]) -> Result<Self, LauncherError> {
        let mut reader = Reader::new(content);
        let mut parts = || -> Result<Self, Undecodable> {
            Ok(Self { list: DataName(reader.array()?), count: reader.number()?, current: DataName(reader.array()?) })
        };
        parts().map_err(|_| LauncherError::ContentUndecodable)
    }
}

fn read(store: &Store, name: DataName) -> Result<Sealed, LauncherError> {
    let content = store.get_immutable(name)?;
    Sealed::decode(content.value()).map_err(|_| LauncherError::Undecodable)
}

fn encode_names(names: &[DataName]) -> Vec<u8> {
    let mut writer = Writer::with_capacity(8 + 32 * names.len());
    writer.number(names.len() as u64);
    for name in names {
        writer.raw(&name.0);
    }
    writer.finish()
}

fn decode_names(bytes: &[u8]) -> Result<Vec<DataName>, Undecodable> {
    let mut reader = Reader::new(bytes);
    (0..reader.number()?).map(|_| reader.array().map(DataName)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::GetError;

    fn plain(text: &str) -> Sealed {
        Sealed::Plain(text.to_owned().into())
    }

    #[test]
    fn versions_are_appended_and_all_stay_readable() {
        let mut store = Store::new(usize::MAX);
        let first = Versions::begin(&mut store, &plain("first")).unwrap();
        let second = first.append(&mut store, &plain("second")).unwrap();
        assert_eq!(second.count(), 2);
        assert_eq!(second.nth(&store, 0), Ok(plain("first")));
        assert_eq!(second.nth(&store, 1), Ok(plain("second")));
        assert_eq!(second.latest(&store), Ok(plain("second")));
        assert_eq!(second.nth(&store, 2), Err(LauncherError::NoSuchVersion));
        assert_eq!(first.latest(&store), Ok(plain("first")));
    }

    #[test]
    fn a_version_of_none_is_looked_for_in_the_network() {
        let none = Versions { list: DataName([1; 32]), count: 0, current: DataName([2; 32]) };
        assert_eq!(none.nth(&Store::new(usize::MAX), 0), Err(GetError::NoSuchData.into()));
    }

    #[test]
    fn it_takes_72_bytes_and_reads_back() {
        let mut store = Store::new(usize::MAX);
        let versions = Versions::begin(&mut store, &plain("first")).unwrap();
        assert_eq!(versions.encode().len(), 72);
        assert_eq!(Versions::decode(&versions.encode()), Ok(versions));
        assert_eq!(Versions::decode(&[0; 71]), Err(LauncherError::ContentUndecodable));
    }
}
