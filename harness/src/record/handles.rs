//! The records behind the handles of one peer, learned from its requests and their responses.

use std::collections::BTreeMap;

use super::event::Call;
use super::request::{ParsedRequest, RequestKind};
use super::response::ParsedResponse;
use crate::linearizability::Content;

/// The data ids and records behind the live handles of one peer.
#[derive(Debug, Default)]
pub(super) struct HandleTable {
    data_ids: BTreeMap<u64, String>,
    records: BTreeMap<u64, Record>,
}

/// A record behind a handle: as it would be stored, or as it was fetched.
#[derive(Debug, Clone)]
struct Record {
    name: Option<String>,
    version: Option<u64>,
    content: Option<Content>,
}

impl HandleTable {
    /// Adds what the handle of a request stands for: its record, and the version that it would store.
    pub(super) fn complete(&self, request: &mut ParsedRequest) {
        let Some(target) = request.target else { return };
        if matches!(request.kind, RequestKind::FetchRecord | RequestKind::DropDataId) {
            request.name = self.data_ids.get(&target).cloned();
            return;
        }
        let Some(record) = self.records.get(&target) else { return };
        request.name.clone_from(&record.name);
        request.version = match request.kind {
            // Saving and deleting make the next version; PUT stores the one of the handle (behaviour page, §5.2).
            RequestKind::UpdateRecord | RequestKind::DeleteRecord => {
                record.version.and_then(|version| version.checked_add(1))
            }
            RequestKind::StoreRecord | RequestKind::ReadRecord => record.version,
            _ => None,
        };
        if matches!(request.kind, RequestKind::StoreRecord | RequestKind::UpdateRecord) {
            request.content = record.content;
        }
    }

    /// Learns from a request that succeeded.
    pub(super) fn learn(&mut self, call: &Call, response: &ParsedResponse) {
        match (call.kind, call.target, call.given) {
            (RequestKind::NameRecord, _, Some(handle)) => {
                self.data_ids.extend(call.name.clone().map(|name| (handle, name)));
            }
            (RequestKind::FetchRecord, _, Some(handle)) => {
                self.records
                    .insert(handle, Record { name: call.name.clone(), version: response.version, content: None });
            }
            (RequestKind::CreateRecord, _, Some(handle)) => {
                let version = Some(call.version.unwrap_or(0));
                self.records.insert(handle, Record { name: call.name.clone(), version, content: call.content });
            }
            (RequestKind::DropDataId, Some(handle), _) => {
                self.data_ids.remove(&handle);
            }
            (RequestKind::DropRecord, Some(handle), _) => {
                self.records.remove(&handle);
            }
            (_, Some(handle), _) => {
                if let Some(record) = self.records.get_mut(&handle) {
                    record.learn(call);
                }
            }
            _ => {}
        }
    }
}

impl Record {
    fn learn(&mut self, call: &Call) {
        match call.kind {
            RequestKind::ChangeRecord => self.content = call.content,
            RequestKind::UpdateRecord => self.version = call.version,
            RequestKind::DeleteRecord => (self.version, self.content) = (call.version, None),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn learn(records: &mut HandleTable, request: ParsedRequest, response: &ParsedResponse) {
        let ParsedRequest { kind, target, name, version, content } = request;
        let call = Call { kind, target, name, version, content, given: response.handle, ..Call::default() };
        records.learn(&call, response);
    }

    fn request(records: &HandleTable, kind: RequestKind, target: u64) -> ParsedRequest {
        let mut request = ParsedRequest { kind, target: Some(target), ..ParsedRequest::default() };
        records.complete(&mut request);
        request
    }

    #[test]
    fn a_record_is_followed_from_its_creation_to_its_deletion() {
        let mut records = HandleTable::default();
        let content = Some(Content::of(b"one"));
        let made = ParsedRequest {
            kind: RequestKind::CreateRecord,
            name: Some("n".into()),
            content,
            ..ParsedRequest::default()
        };
        learn(&mut records, made, &ParsedResponse { handle: Some(3), ..ParsedResponse::default() });
        let store = request(&records, RequestKind::StoreRecord, 3);
        assert_eq!((store.name.as_deref(), store.version, store.content), (Some("n"), Some(0), content));

        let changed = Content::of(b"two");
        let change = ParsedRequest { content: Some(changed), ..request(&records, RequestKind::ChangeRecord, 3) };
        learn(&mut records, change, &ParsedResponse::default());
        let update = request(&records, RequestKind::UpdateRecord, 3);
        assert_eq!((update.version, update.content), (Some(1), Some(changed)));
        learn(&mut records, update, &ParsedResponse::default());
        assert_eq!(request(&records, RequestKind::DeleteRecord, 3).version, Some(2));
    }

    #[test]
    fn a_fetched_record_has_the_version_of_the_response_until_its_handle_is_dropped() {
        let mut records = HandleTable::default();
        let named = ParsedRequest { kind: RequestKind::NameRecord, name: Some("n".into()), ..ParsedRequest::default() };
        learn(&mut records, named, &ParsedResponse { handle: Some(1), ..ParsedResponse::default() });
        let fetch = request(&records, RequestKind::FetchRecord, 1);
        assert_eq!(fetch.name.as_deref(), Some("n"));
        learn(&mut records, fetch, &ParsedResponse { handle: Some(2), version: Some(7), ..ParsedResponse::default() });
        assert_eq!(request(&records, RequestKind::ReadRecord, 2).version, Some(7));
        let dropped = request(&records, RequestKind::DropRecord, 2);
        learn(&mut records, dropped, &ParsedResponse::default());
        assert_eq!(request(&records, RequestKind::ReadRecord, 2).name, None);
    }
}
