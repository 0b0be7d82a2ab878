//! Readers: immutable data that was found and opened, behind handles.

use crate::network::{DataMap, DataName};

/// The content of immutable data, and where it is stored.
#[derive(Debug)]
pub struct Reader {
    /// The name of the immutable data.
    pub name: DataName,
    /// Its content.
    pub content: DataMap,
}
