//! What one user's launcher does for apps: accounts, sessions, consent, handles and the operations behind each route.
//!
//! Knows the network below it and nothing of HTTP. [`state::State`] is plain; only [`Launcher`] knows there is a lock.

pub mod account;
pub mod app;
pub mod appendable_data;
pub mod appendable_items;
pub mod changes;
pub mod cipher_options;
pub mod consent;
pub mod content;
pub mod content_budget;
pub mod data_id;
pub mod directory;
pub mod directory_view;
pub mod encrypt_key;
pub mod error;
pub mod fault_guard;
pub mod faults;
pub mod file;
#[cfg(test)]
mod files_model;
pub mod handle;
pub mod held;
pub mod immutable_data;
pub mod key_pair;
pub mod long_name;
pub mod lost_handles;
pub mod memory;
pub mod network;
pub mod own_names;
pub mod page;
pub mod path;
pub mod readable_content;
pub mod reader;
pub mod recent;
pub mod roots;
pub mod session;
pub mod shared;
pub mod sign_key;
pub mod state;
pub mod stored_content;
pub mod stored_items;
pub mod structured_data;
pub mod token;
pub mod touched;
pub mod uplink;
pub mod upload;
pub mod versions;
pub mod view;

pub use account::AccountId;
pub use app::{App, Permission};
pub use changes::Changes;
pub use consent::Question;
pub use error::LauncherError;
pub use fault_guard::FaultGuard;
pub use handle::Handle;
pub(crate) use network::WholeRecordView;
pub use network::{Network, RecordState, RecordView};
pub use session::Session;
pub use shared::Launcher;
