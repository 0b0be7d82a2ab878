//! The network: the stored records, and the rules by which one replaces another.
//!
//! Plain values and `&mut self`: no lock, no clock, no IO. It knows no sessions, handles or HTTP. Launchers call it.

pub mod appendable_data;
mod appendable_records;
pub mod bytes;
pub mod data_id;
pub mod data_map;
pub mod directory;
pub mod draft_content;
pub mod encrypt_key;
pub mod entries;
pub mod error;
pub mod file;
pub mod filter;
pub mod history;
pub mod immutable_data;
pub mod item;
pub mod item_set;
pub mod long_name;
#[cfg(test)]
mod model;
pub mod store;
pub mod structured_data;
pub mod tree;

pub use appendable_data::{Append, AppendableData};
pub use data_id::{DataId, DataName, TypeTag};
pub use data_map::DataMap;
pub use directory::Directory;
pub use draft_content::DraftContent;
pub use encrypt_key::EncryptKey;
pub use error::{GetError, MutationError, TreeError};
pub use file::File;
pub use filter::FilterKind;
pub use history::{LauncherId, ReadContext, WriteContext};
pub use immutable_data::ImmutableData;
pub use item::{Appended, Item};
pub use item_set::ItemSet;
pub use long_name::LongName;
pub use store::{Record, Store};
pub use structured_data::{PublicKey, StructuredData};
