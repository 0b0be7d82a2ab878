//! Stored appendable data, for a person to read: its filter, its counts and its items.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Serialize;

use crate::network::{AppendableData, DataId, FilterKind, Item, ItemSet};

/// How many items of each list are shown.
const SHOWN_ITEMS_MAX: usize = 200;

/// What appendable data is, without its items.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AppendableView {
    /// Whether its items are sealed for one app.
    pub is_private: bool,
    /// What the keys in its filter mean, in the word of the API: `BlackList` or `WhiteList`.
    pub filter_type: &'static str,
    /// How many keys its filter has.
    pub filter_length: usize,
    /// How many items it has.
    pub data_length: usize,
    /// How many deleted items it has.
    pub deleted_data_length: usize,
}

impl AppendableView {
    pub(super) fn new(data: &AppendableData) -> Self {
        Self {
            is_private: data.encrypt_key.is_some(),
            filter_type: match data.filter.kind() {
                FilterKind::BlackList => "BlackList",
                FilterKind::WhiteList => "WhiteList",
            },
            filter_length: data.filter.keys().len(),
            data_length: data.items.len(),
            deleted_data_length: data.deleted.len(),
        }
    }
}

/// The items of appendable data, of each list the first ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ItemsView {
    /// The items, in the order of their indexes.
    data: Vec<ItemView>,
    /// The deleted items.
    deleted_data: Vec<ItemView>,
    /// Whether there are more than these.
    cut: bool,
}

impl ItemsView {
    pub(super) fn new(data: &AppendableData) -> Self {
        let views = |items: &ItemSet| items.iter().take(SHOWN_ITEMS_MAX).map(ItemView::new).collect();
        let cut = data.items.len().max(data.deleted.len()) > SHOWN_ITEMS_MAX;
        Self { data: views(&data.items), deleted_data: views(&data.deleted), cut }
    }
}

/// An item, as far as it can be read without the key of an app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged, rename_all_fields = "camelCase")]
enum ItemView {
    /// Of public appendable data.
    Public {
        kind: &'static str,
        name: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        type_tag: Option<u64>,
        signer: String,
    },
    /// Of private appendable data: sealed for one app.
    Sealed { sealed_bytes: usize },
}

impl ItemView {
    fn new(item: &Item) -> Self {
        let item = match item {
            Item::Public(item) => item,
            Item::Private(sealed) => return Self::Sealed { sealed_bytes: sealed.len() },
        };
        let (kind, type_tag) = match item.pointer {
            DataId::Structured(_, tag) => ("structured data", Some(tag.0)),
            DataId::Immutable(_) => ("immutable data", None),
            DataId::PublicAppendable(_) => ("public appendable data", None),
            DataId::PrivateAppendable(_) => ("private appendable data", None),
        };
        let name = item.pointer.name().to_string();
        Self::Public { kind, name, type_tag, signer: STANDARD.encode(item.signer.0) }
    }
}
