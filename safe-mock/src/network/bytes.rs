//! The byte format of everything the network serialises: little-endian, fixed width, sequences prefixed by a `u64`
//! length (launcher behaviour §5.5).
//!
//! Knows numbers and byte strings. The objects define the order of their fields.

/// The bytes do not decode: they end early, or a length or index is invalid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("bytes that do not decode")]
pub struct Undecodable;

/// Builds one serialised value.
#[derive(Debug, Default)]
pub struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    /// An empty writer with capacity for `capacity` bytes.
    pub fn with_capacity(capacity: usize) -> Self {
        Self { bytes: Vec::with_capacity(capacity) }
    }

    /// Appends an enum index.
    pub fn index(&mut self, index: u32) -> &mut Self {
        self.raw(&index.to_le_bytes())
    }

    /// Appends a number.
    pub fn number(&mut self, number: u64) -> &mut Self {
        self.raw(&number.to_le_bytes())
    }

    /// Appends bytes without a length, such as a name.
    pub fn raw(&mut self, bytes: &[u8]) -> &mut Self {
        self.bytes.extend_from_slice(bytes);
        self
    }

    /// Appends the length of bytes, and the bytes.
    pub fn sequence(&mut self, bytes: &[u8]) -> &mut Self {
        self.number(bytes.len() as u64).raw(bytes)
    }

    /// The bytes that were written.
    pub fn finish(self) -> Vec<u8> {
        self.bytes
    }
}

/// Reads one serialised value. Bytes left over at the end are not an error (launcher behaviour §5.5).
#[derive(Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// A reader at the first of `bytes`.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Reads an enum index.
    ///
    /// # Errors
    /// The bytes end early.
    pub fn index(&mut self) -> Result<u32, Undecodable> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    /// Reads a number.
    ///
    /// # Errors
    /// The bytes end early.
    pub fn number(&mut self) -> Result<u64, Undecodable> {
        Ok(u64::from_le_bytes(self.array()?))
    }

    /// Reads `N` bytes that have no length, such as a name.
    ///
    /// # Errors
    /// The bytes end early.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], Undecodable> {
        let (head, rest) = self.rest.split_first_chunk::<N>().ok_or(Undecodable)?;
        self.rest = rest;
        Ok(*head)
    }

    /// Reads a length, and that many bytes. A length beyond the end is an error, never an allocation.
    ///
    /// # Errors
    /// The bytes end early.
    pub fn sequence(&mut self) -> Result<&'a [u8], Undecodable> {
        let length = usize::try_from(self.number()?).map_err(|_| Undecodable)?;
        let (head, rest) = self.rest.split_at_checked(length).ok_or(Undecodable)?;
        self.rest = rest;
        Ok(head)
    }

    /// Whether all bytes were read.
    pub fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    /// Reads a sequence of exactly `N` bytes: a key or a signature.
    ///
    /// # Errors
    /// It has another length, or the bytes end early.
    pub fn sized_sequence<const N: usize>(&mut self) -> Result<[u8; N], Undecodable> {
        self.sequence()?.try_into().map_err(|_| Undecodable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_reads_back() {
        let mut writer = Writer::default();
        writer.index(2).number(7).raw(&[1; 4]).sequence(b"abc");
        let bytes = writer.finish();
        let mut reader = Reader::new(&bytes);
        assert_eq!(reader.index(), Ok(2));
        assert_eq!(reader.number(), Ok(7));
        assert_eq!(reader.array(), Ok([1; 4]));
        assert_eq!(reader.sequence(), Ok(&b"abc"[..]));
    }

    #[test]
    fn a_length_beyond_the_end_is_refused() {
        let bytes = u64::MAX.to_le_bytes();
        assert_eq!(Reader::new(&bytes).sequence(), Err(Undecodable));
    }
}
